/** Base64 with the standard alphabet, without padding (RFC 4648, sections 4 and 3.2). */

// prettier-ignore
const alphabet: usize = memory.data<u8>([
  65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90,
  97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118,
  119, 120, 121, 122, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 43, 47,
], 16);

// @ts-ignore: decorator
@inline
function letter(sextet: u32): u8 {
  return load<u8>(alphabet + (sextet & 63));
}

/** Writes the base64 text of `n` bytes at `dst` (ceil(4n / 3) bytes, not over `src`) and returns its bytes. */
export function base64(src: usize, n: u32, dst: usize): u32 {
  const start = dst;
  const end = src + n;
  for (; src + 3 <= end; src += 3) {
    const bits = ((<u32>load<u8>(src)) << 16) | ((<u32>load<u8>(src, 1)) << 8) | (<u32>load<u8>(src, 2));
    store<u8>(dst, letter(bits >> 18));
    store<u8>(dst, letter(bits >> 12), 1);
    store<u8>(dst, letter(bits >> 6), 2);
    store<u8>(dst, letter(bits), 3);
    dst += 4;
  }
  if (src < end) {
    let bits = (<u32>load<u8>(src)) << 16;
    if (src + 1 < end) bits |= (<u32>load<u8>(src, 1)) << 8;
    store<u8>(dst++, letter(bits >> 18));
    store<u8>(dst++, letter(bits >> 12));
    if (src + 1 < end) store<u8>(dst++, letter(bits >> 6));
  }
  return <u32>(dst - start);
}
