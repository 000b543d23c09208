// UTF-8 validation, 64 bytes at a time: Lemire and Keiser, "Validating UTF-8 in less than one instruction per byte"
// (2021). Text without a byte above 127 costs a load and a test.
import { HIGH_BIT, LOW_NIBBLE, UTF8_LOW1, UTF8_LOW2, UTF8_LOW3, UTF8_TAIL, ZERO, vec } from "./constants";


@inline
function blockErrors(
  previous: v128,
  block: v128,
  low1: v128,
  low2: v128,
  low3: v128,
  three: v128,
  four: v128,
): v128 {
  const nibble = vec(LOW_NIBBLE);
  const p1 = v128.shuffle<i8>(
    previous,
    block,
    15,
    16,
    17,
    18,
    19,
    20,
    21,
    22,
    23,
    24,
    25,
    26,
    27,
    28,
    29,
    30,
  );
  const special = v128.and(
    v128.and(
      i8x16.swizzle(low1, v128.and(i16x8.shr_u(p1, 4), nibble)),
      i8x16.swizzle(low2, v128.and(p1, nibble)),
    ),
    i8x16.swizzle(low3, v128.and(i16x8.shr_u(block, 4), nibble)),
  );
  const p2 = v128.shuffle<i8>(
    previous,
    block,
    14,
    15,
    16,
    17,
    18,
    19,
    20,
    21,
    22,
    23,
    24,
    25,
    26,
    27,
    28,
    29,
  );
  const p3 = v128.shuffle<i8>(
    previous,
    block,
    13,
    14,
    15,
    16,
    17,
    18,
    19,
    20,
    21,
    22,
    23,
    24,
    25,
    26,
    27,
    28,
  );
  const third = v128.or(i8x16.sub_sat_u(p2, three), i8x16.sub_sat_u(p3, four));
  return v128.xor(v128.and(third, vec(HIGH_BIT)), special);
}

/** Tail of the text, padded with zeros. */
const tail: usize = memory.data(64, 16);

/** Position up to which no byte is above 127, as far as steps of 128 bytes reach. */
@inline
function asciiEnd(p: usize, end: usize): usize {
  while (end - p >= 128) {
    const bits = v128.or(
      v128.or(v128.or(v128.load(p), v128.load(p, 16)), v128.or(v128.load(p, 32), v128.load(p, 48))),
      v128.or(v128.or(v128.load(p, 64), v128.load(p, 80)), v128.or(v128.load(p, 96), v128.load(p, 112))),
    );
    if (i8x16.bitmask(bits)) break;
    p += 128;
  }
  return p;
}

/** Whether the n bytes at p are whole, valid UTF-8. */
export function isUtf8(p: usize, n: usize): bool {
  let end = p + (n & ~63);
  let rest = n & 63;
  p = asciiEnd(p, end);
  // In locals: nothing is stored in the loop, but V8 would load them anew, and splats it would build anew.
  const low1 = vec(UTF8_LOW1);
  const low2 = vec(UTF8_LOW2);
  const low3 = vec(UTF8_LOW3);
  const three = i8x16.splat(0x60);
  const four = i8x16.splat(0x70);
  let errors = vec(ZERO);
  let previous = vec(ZERO);
  let unfinished = vec(ZERO);
  while (true) {
    if (p == end) {
      if (!rest) break;
      memory.fill(tail, 0, 64);
      memory.copy(tail, p, rest);
      p = tail;
      end = tail + 64;
      rest = 0;
    }
    const a = v128.load(p);
    const b = v128.load(p, 16);
    const c = v128.load(p, 32);
    const d = v128.load(p, 48);
    if (!i8x16.bitmask(v128.or(v128.or(a, b), v128.or(c, d)))) {
      errors = v128.or(errors, unfinished);
      unfinished = vec(ZERO);
    } else {
      const first = v128.or(
        blockErrors(previous, a, low1, low2, low3, three, four),
        blockErrors(a, b, low1, low2, low3, three, four),
      );
      const second = v128.or(
        blockErrors(b, c, low1, low2, low3, three, four),
        blockErrors(c, d, low1, low2, low3, three, four),
      );
      errors = v128.or(errors, v128.or(first, second));
      unfinished = i8x16.sub_sat_u(d, vec(UTF8_TAIL));
    }
    previous = d;
    p += 64;
  }
  return !v128.any_true(v128.or(errors, unfinished));
}

/** Length of the first n bytes at p without a multi-byte character that is cut off at their end. */
export function wholeCharacters(p: usize, n: usize): usize {
  let back: usize = 1;
  while (back <= 3 && back <= n) {
    const c: u32 = load<u8>(p + n - back);
    if (c < 0x80) return n;
    if (c >= 0xc0) {
      const length: usize = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
      return length > back ? n - back : n;
    }
    back++;
  }
  return n;
}

/** Offset of the first byte that does not belong to valid UTF-8; n when there is none. Not fast. */
export function firstInvalid(p: usize, n: usize): usize {
  let i: usize = 0;
  while (i < n) {
    const c: u32 = load<u8>(p + i);
    if (c < 0x80) {
      i++;
      continue;
    }
    const length: usize = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
    if (c < 0xc2 || c > 0xf4 || i + length > n || !isUtf8(p + i, length)) return i;
    i += length;
  }
  return n;
}
