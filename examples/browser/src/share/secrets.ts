const TELLING =
  /(^|[-_.])(access|api|app|private)?[-_.]?(key|token|secret|password|passwd|pwd|auth|authorization|credential|signature|sig|jwt|session|sid)([-_.]?id)?$/i;

/** Parts of an address that look as if they let whoever has them in: names of parameters, `user:password@`. */
export function secretsIn(address: string): string[] {
  const url = new URL(address);
  const names = [...new Set(url.searchParams.keys())].filter((name) => TELLING.test(name));
  return url.username || url.password ? ["user:password@", ...names] : names;
}
