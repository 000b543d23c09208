/** Cuts bytes into chunks of the given sizes, used in turn. */
export function split(bytes: Uint8Array, sizes: readonly number[] = []): Uint8Array[] {
  if (sizes.length === 0) return [bytes];
  const out = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length]!);
    out.push(bytes.subarray(at, at + size));
    at += size;
  }
  return out;
}
