/** Writes `n` bytes as lower case hexadecimal digits at `dst` (2n bytes, not over `src`); returns 2n. */
export function hex(src: usize, n: u32, dst: usize): u32 {
  for (let i: u32 = 0; i < n; i++) {
    const byte = load<u8>(src + i);
    store<u8>(dst + (i << 1), digit(byte >> 4));
    store<u8>(dst + (i << 1), digit(byte & 15), 1);
  }
  return n << 1;
}

// @ts-ignore: decorator
@inline
function digit(value: u8): u8 {
  return value + (value < 10 ? 48 : 87);
}
