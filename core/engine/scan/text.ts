// White space and strings.
import { BACKSLASH, ESCAPE, HEX, QUOTE_BIT, SPACE, vec } from "./constants";
import { E_ESCAPE, E_STRING, fail } from "./failure";

/** Where {@link unescape} and the key lookup stopped reading. */
export let cursor: usize = 0;
export function setCursor(p: usize): void {
  cursor = p;
}

/** In newline-delimited input a newline ends the record, so it is no white space inside one. */
let newlineIsSpace: bool = true;
export function setNewlineIsSpace(is: bool): void {
  newlineIsSpace = is;
}

export function skipSpace(p: usize): usize {
  while (true) {
    const c = load<u8>(p);
    if (c == 32 || c == 13 || c == 9 || (c == 10 && newlineIsSpace)) p++;
    else return p;
  }
}

/** As {@link skipSpace}, without a call where there is none. */
@inline
export function afterSpace(p: usize): usize {
  return load<u8>(p) > 32 ? p : skipSpace(p);
}

/** Bits of the bytes that end a run of plain text: quote, backslash, control characters. With one bit flipped a quote is 32
 *  and control characters are below it, as nothing else is: one test for both. */
@inline
export function specialBytes(v: v128): i32 {
  const x = v128.xor(v, vec(QUOTE_BIT));
  return i8x16.bitmask(v128.or(i8x16.eq(v, vec(BACKSLASH)), i8x16.eq(i8x16.min_u(x, vec(SPACE)), x)));
}


@inline
function hex4(p: usize): u32 {
  const a: u32 = load<u8>(HEX + load<u8>(p));
  const b: u32 = load<u8>(HEX + load<u8>(p, 1));
  const c: u32 = load<u8>(HEX + load<u8>(p, 2));
  const d: u32 = load<u8>(HEX + load<u8>(p, 3));
  if ((a | b | c | d) > 15) return 0x10000;
  return (a << 12) | (b << 8) | (c << 4) | d;
}

/** Writes code point u as UTF-8 (up to 4 bytes are touched); returns the position after it. */
@inline
export function putCodePoint(d: usize, u: u32): usize {
  if (u < 0x80) {
    store<u8>(d, u);
    return d + 1;
  }
  if (u < 0x800) {
    store<u16>(d, 0x80c0 | (u >>> 6) | ((u & 63) << 8));
    return d + 2;
  }
  if (u < 0x10000) {
    store<u32>(d, 0x8080e0 | (u >>> 12) | (((u >>> 6) & 63) << 8) | ((u & 63) << 16));
    return d + 3;
  }
  store<u32>(
    d,
    0x808080f0 | (u >>> 18) | (((u >>> 12) & 63) << 8) | (((u >>> 6) & 63) << 16) | ((u & 63) << 24),
  );
  return d + 4;
}

/** Decodes the escape at s (on the backslash) to d. Returns the position after the written bytes and sets
 *  {@link cursor} to the one after the escape; 0 when it is none. Lone surrogates become U+FFFD. */
export function unescape(s: usize, d: usize): usize {
  const c: u32 = load<u8>(s, 1);
  const one: u32 = load<u8>(ESCAPE + c);
  if (one) {
    store<u8>(d, one);
    cursor = s + 2;
    return d + 1;
  }
  if (c != 117) return 0;
  let u = hex4(s + 2);
  if (u > 0xffff) return 0;
  cursor = s + 6;
  if ((u & 0xf800) == 0xd800) {
    const isHigh = u < 0xdc00;
    const low: u32 = isHigh && load<u16>(s, 6) == 0x755c ? hex4(s + 8) : 0;
    if ((low & 0xfffffc00) == 0xdc00) {
      u = 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00);
      cursor = s + 12;
    } else u = 0xfffd;
  }
  return putCodePoint(d, u);
}

/** Position of the first byte from p on that is a quote, a backslash or a control character. */
@inline
export function plainEnd(p: usize): usize {
  while (true) {
    const m = specialBytes(v128.load(p));
    if (m) return p + <usize>ctz(m);
    p += 16;
  }
}

/** p after the opening quote; returns the position after the closing one, 0 on failure. */
export function skipString(p: usize): usize {
  while (true) {
    const m = specialBytes(v128.load(p));
    if (!m) {
      p += 16;
      continue;
    }
    p += <usize>ctz(m);
    const c: u32 = load<u8>(p);
    if (c == 34) return p + 1;
    if (c != 92) return fail(p, E_STRING);
    const e: u32 = load<u8>(p, 1);
    if (load<u8>(ESCAPE + e)) p += 2;
    else if (e == 117 && hex4(p + 2) < 0x10000) p += 6;
    else return fail(p, E_ESCAPE);
  }
}

/** Decodes the string whose text begins at p (after the quote) to d, which has room for its raw length and
 *  slack; returns the end of what was written and sets {@link cursor} after the closing quote; 0 on failure. */
export function decodeString(p: usize, d: usize): usize {
  while (true) {
    const v = v128.load(p);
    v128.store(d, v);
    const m = specialBytes(v);
    if (!m) {
      p += 16;
      d += 16;
      continue;
    }
    const k = <usize>ctz(m);
    p += k;
    d += k;
    const c: u32 = load<u8>(p);
    if (c == 34) {
      cursor = p + 1;
      return d;
    }
    if (c != 92) return fail(p, E_STRING);
    d = unescape(p, d);
    if (!d) return fail(p, E_ESCAPE);
    p = cursor;
  }
}
