/** The folder of what is called so: a name that file systems take, and that people recognise. */
export function folderName(name: string): string {
  const plain = name.replace(/[^\p{L}\p{N}._-]+/gu, "_").slice(0, 100);
  return /^\.*$/.test(plain) ? `_${plain}` : plain;
}
