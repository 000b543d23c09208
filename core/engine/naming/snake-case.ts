/**
 * dlt's default naming convention, `snake_case` (dlt/common/normalizers/naming/snake_case.py), in one pass:
 * reduced alphabet, camel case breaks, leading digit, trailing and repeated underscores.
 */
import { shorten } from "./shorten";
import { codePointAt, codePointBytes, digitValue, trimEnd, trimStart } from "./unicode";

const OTHER: u32 = 0;
const UNDERSCORE: u32 = 1;
const LOWER: u32 = 2;
const UPPER: u32 = 3;
const DIGIT: u32 = 4;
/** Stands for `x`, `a` or `l`. */
const SIGN: u32 = 5;

/** Class of each ASCII character after the reduction of the alphabet. */
// prettier-ignore
const classes: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 5, 0, 1, 0, 0, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 0, 0, 0, 0, 0, 0,
  5, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 0, 0, 0, 0, 1,
  0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0, 5, 0, 0, 0,
], 16);

/** What a `SIGN` becomes: `@` a, `|` l, `+` and `*` x. */
// @ts-ignore: decorator
@inline
function signLetter(c: u32): u8 {
  return c == 64 ? 97 : c == 124 ? 108 : 120;
}

/**
 * Writes the normalised, unshortened identifier at `dst` (room for 2n + 16 bytes) and returns its bytes; 0 when the
 * text is empty or white space only, which dlt refuses.
 */
export function normalizeIdentifier(src: usize, n: u32, dst: usize): u32 {
  const end = trimEnd(src, src + n);
  let p = trimStart(src, end);
  let out = dst;
  /** Underscores seen and not written yet. */
  let pending: u32 = 0;
  /** Class of the character before, `OTHER` inside a run of replaced characters and `UNDERSCORE` at the start. */
  let before = UNDERSCORE;
  while (p < end) {
    const c = <u32>load<u8>(p);
    if (c >= 0x80) {
      const point = codePointAt(p, end);
      const size = codePointBytes;
      if (digitValue(point) < 0) {
        if (before != OTHER) pending++;
        before = OTHER;
        p += size;
        continue;
      }
      if (pending || out == dst) store<u8>(out++, 95);
      pending = 0;
      for (let i: u32 = 0; i < size; i++) store<u8>(out++, load<u8>(p++));
      // A digit that `[a-z0-9]` does not hold breaks like an upper case letter does.
      before = UPPER;
      continue;
    }
    const kind = <u32>load<u8>(classes + c);
    p++;
    if (kind == OTHER) {
      if (before != OTHER) pending++;
      before = OTHER;
      continue;
    }
    if (kind == UNDERSCORE) {
      pending++;
      before = UNDERSCORE;
      continue;
    }
    if (pending) {
      store<u8>(out++, 95);
      pending = 0;
    } else if (kind == UPPER) {
      if (before == UPPER ? nextIsLower(p, end) : before != UNDERSCORE) store<u8>(out++, 95);
    } else if (kind == DIGIT && out == dst) {
      store<u8>(out++, 95);
    }
    store<u8>(out++, kind == SIGN ? signLetter(c) : kind == UPPER ? <u8>c + 32 : <u8>c);
    before = kind;
  }
  for (; pending; pending--) store<u8>(out++, 120);
  return <u32>(out - dst);
}

/** The letter at `p` is lower case once the alphabet is reduced. */
// @ts-ignore: decorator
@inline
function nextIsLower(p: usize, end: usize): bool {
  if (p >= end) return false;
  const c = <u32>load<u8>(p);
  if (c >= 0x80) return false;
  const kind = <u32>load<u8>(classes + c);
  return kind == LOWER || kind == SIGN;
}

/**
 * Writes the column name of a key at `dst` (room for 2n + 16 bytes) without shortening and returns its bytes: the
 * parts between `__` normalised one by one and joined again. A key without a part that counts becomes `_empty`.
 */
export function normalizePath(src: usize, n: u32, dst: usize): u32 {
  return normalizeKey(src, n, 0, dst);
}

/**
 * `normalizePath` with dlt's shortening to `maxLen` code points (0: none): each part by itself, tagged by its raw
 * text without surrounding white space, then the whole, tagged by the raw key.
 */
export function normalizeKey(src: usize, n: u32, maxLen: u32, dst: usize): u32 {
  const end = src + n;
  let out = dst;
  let p = src;
  while (true) {
    let stop = p;
    while (stop < end && !(load<u8>(stop) == 95 && stop + 1 < end && load<u8>(stop + 1) == 95)) stop++;
    const at = out == dst ? out : out + 2;
    let size = normalizeIdentifier(p, <u32>(stop - p), at);
    if (size) {
      if (maxLen) {
        const from = trimStart(p, stop);
        size = shorten(at, size, from, <u32>(trimEnd(from, stop) - from), maxLen, at);
      }
      if (at != out) store<u16>(out, 0x5f5f);
      out = at + size;
    }
    if (stop >= end) break;
    p = stop + 2;
  }
  if (out == dst) {
    store<u32>(dst, 0x706d655f); // _emp
    store<u16>(dst, 0x7974, 4); // ty
    return 6;
  }
  const size = <u32>(out - dst);
  return maxLen ? shorten(dst, size, src, n, maxLen, dst) : size;
}
