/** Text and integers to binary, as dlt's `coerce_value` does it. */

/**
 * Writes the bytes of the text at `dst` (n bytes are room enough) and returns their count, or -1: hexadecimal pairs
 * after `0x` with white space between them as Python's `bytes.fromhex` has it, else base64 as
 * `base64.b64decode(text, validate=True)` has it.
 */
export function textToBinary(p: usize, n: u32, dst: usize): i32 {
  if (n >= 2 && load<u16>(p) == 0x7830) return fromHex(p + 2, p + n, dst);
  return fromBase64(p, p + n, dst);
}

/** Writes the fewest little-endian bytes that hold `v` (none for 0) and returns their count; -1 for a negative. */
export function i64ToBinary(v: i64, dst: usize): i32 {
  if (v < 0) return -1;
  let n: i32 = 0;
  for (let rest = <u64>v; rest; rest >>= 8) {
    store<u8>(dst + <usize>n, <u8>rest);
    n++;
  }
  return n;
}

function fromHex(p: usize, end: usize, dst: usize): i32 {
  const start = dst;
  while (true) {
    while (p < end && (load<u8>(p) == 32 || load<u8>(p) - 9 <= 4)) p++;
    if (p == end) return <i32>(dst - start);
    if (end - p < 2) return -1;
    const high = hexValue(load<u8>(p));
    const low = hexValue(load<u8>(p, 1));
    if ((high | low) > 15) return -1;
    store<u8>(dst++, <u8>((high << 4) | low));
    p += 2;
  }
}

// @ts-ignore: decorator
@inline
function hexValue(c: u8): u32 {
  const digit = <u32>c - 48;
  if (digit <= 9) return digit;
  const letter = ((<u32>c) | 32) - 97;
  return letter <= 5 ? letter + 10 : 16;
}

/**
 * Two or three letters after the whole groups of four need exactly two or one `=`; bits left over are not checked.
 * `=` after whole groups is refused, as Python does from 3.13 on.
 */
function fromBase64(p: usize, end: usize, dst: usize): i32 {
  const start = dst;
  let bits: u32 = 0;
  let held: u32 = 0;
  const first = p;
  for (; p < end; p++) {
    const value = base64Value(load<u8>(p));
    if (value > 63) break;
    bits = (bits << 6) | value;
    held += 6;
    if (held >= 8) {
      held -= 8;
      store<u8>(dst++, <u8>(bits >> held));
    }
  }
  const letters = (p - first) & 3;
  if (letters == 1 || end - p != ((4 - letters) & 3)) return -1;
  for (; p < end; p++) if (load<u8>(p) != 61) return -1;
  return <i32>(dst - start);
}

function base64Value(c: u32): u32 {
  if (c - 65 <= 25) return c - 65;
  if (c - 97 <= 25) return c - 71;
  if (c - 48 <= 9) return c + 4;
  return c == 43 ? 62 : c == 47 ? 63 : 64;
}
