// Comparing and hashing short byte strings, off the hot path.

export function sameBytes(a: usize, b: usize, n: usize): bool {
  return memory.compare(a, b, n) == 0;
}

/** Copies n bytes, 16 a step: memory.copy is a call out of the module in V8, too dear for short texts. Up to 16 bytes behind
 *  the n are read and written. */
@inline
export function copyShort(d: usize, p: usize, n: usize): void {
  for (let i: usize = 0; i < n; i += 16) v128.store(d + i, v128.load(p + i));
}

/** FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
export function hashBytes(p: usize, n: usize): u32 {
  let h: u32 = 0x811c9dc5;
  for (let i: usize = 0; i < n; i++) h = (h ^ load<u8>(p + i)) * 0x01000193;
  return h;
}

/** Whether the bytes are exactly the ASCII text of a literal. */
export function isText(p: usize, n: usize, text: string): bool {
  if (<i32>n != text.length) return false;
  for (let i: usize = 0; i < n; i++) if (<i32>load<u8>(p + i) != text.charCodeAt(<i32>i)) return false;
  return true;
}

/** Writes the ASCII text of a literal; returns its length. */
export function writeText(d: usize, text: string): u32 {
  const n = text.length;
  for (let i = 0; i < n; i++) store<u8>(d + i, text.charCodeAt(i));
  return <u32>n;
}
