// SIMD constants. V8 rebuilds every v128.const at each use, so they live in linear memory and are loaded instead.

@inline function splat(at: usize, byte: u8): void {
  memory.fill(at, byte, 16);
}

/** Base of the table below; the offsets are named by the functions. */
export const VECTORS: usize = memory.data(768, 64);
export const QUOTE_BIT: usize = 0;
export const BACKSLASH: usize = 16;
export const ASCII_ZERO: usize = 48;
export const NINE: usize = 64;
export const COMMA: usize = 80;
export const CLOSE: usize = 96;
export const SPACE: usize = 112;
export const LOW_NIBBLE: usize = 128;
export const HIGH_BIT: usize = 144;
export const EVEN_BYTES: usize = 160;
export const TENS: usize = 176;
export const HUNDREDS: usize = 192;
export const MYRIADS: usize = 208;
export const UTF8_LOW1: usize = 224;
export const UTF8_LOW2: usize = 240;
export const UTF8_LOW3: usize = 256;
export const UTF8_TAIL: usize = 272;
export const DATE_MARKS: usize = 288;
export const DATE_DIGITS: usize = 304;
export const CLOCK_SECONDS: usize = 320;
export const CLOCK_MILLIS: usize = 336;
export const CLOCK_SECONDS_DIGITS: usize = 352;
export const CLOCK_MILLIS_DIGITS: usize = 368;
export const CLOCK_LIMITS: usize = 384;
export const CLOCK_WEIGHTS: usize = 400;
export const FIFTY_ONE: usize = 416;
export const TWENTY_SIX: usize = 432;
export const THIRTEEN: usize = 448;
export const LETTERS: usize = 464;

export const BRACE_BIT: usize = 544;
export const ZERO: usize = 576;
export const LF: usize = 592;
export const CR: usize = 608;
// Of the dialect of the comma-separated text being read.
export const DELIMITER: usize = 624;
export const QUOTES: usize = 640;

/** Swizzle indexes that move the first n bytes of a vector to its end: load at ALIGN + n. */
export const ALIGN: usize = memory.data(48, 16);
/** ALIGN's companion: 16 masks, [n] has the last n bytes set. */
export const LAST_BYTES: usize = memory.data(17 * 16, 16);
/** Value of a hexadecimal digit, 255 for other bytes. */
export const HEX: usize = memory.data(256, 16);
/** What a one-letter escape stands for, 0 for none. */
export const ESCAPE: usize = memory.data(256, 16);

/** Whether the tables have been filled. */
let ready = false;


@inline function put(at: usize, a: u64, b: u64): void {
  store<u64>(VECTORS + at, a);
  store<u64>(VECTORS + at, b, 8);
}

export function initVectors(): void {
  if (ready) return;
  ready = true;
  splat(VECTORS + QUOTE_BIT, 2);
  splat(VECTORS + BACKSLASH, 92);
  splat(VECTORS + ASCII_ZERO, 48);
  splat(VECTORS + NINE, 9);
  splat(VECTORS + COMMA, 44);
  splat(VECTORS + CLOSE, 125);
  splat(VECTORS + SPACE, 32);
  splat(VECTORS + LOW_NIBBLE, 15);
  splat(VECTORS + HIGH_BIT, 128);
  splat(VECTORS + FIFTY_ONE, 51);
  splat(VECTORS + TWENTY_SIX, 26);
  splat(VECTORS + THIRTEEN, 13);
  splat(VECTORS + BRACE_BIT, 32);
  splat(VECTORS + LF, 10);
  splat(VECTORS + CR, 13);
  // Sixteen digits to a number: pairs, then pairs of pairs, then eights.
  put(EVEN_BYTES, 0x00ff00ff00ff00ff, 0x00ff00ff00ff00ff);
  put(TENS, 0x000a000a000a000a, 0x000a000a000a000a);
  put(HUNDREDS, 0x0001006400010064, 0x0001006400010064);
  put(MYRIADS, 0x0001271000012710, 0x0001271000012710);
  // Lemire and Keiser, "Validating UTF-8 in less than one instruction per byte" (2021), tables of section 6.
  put(UTF8_LOW1, 0x0202020202020202, 0x4915012180808080);
  put(UTF8_LOW2, 0xcbcbcb8b8383a3e7, 0xcbcbdbcbcbcbcbcb);
  put(UTF8_LOW3, 0x0101010101010101, 0x01010101babaaee6);
  put(UTF8_TAIL, 0xffffffffffffffff, 0xbfdfefffffffffff);
  // `YYYY-MM-DDTHH:MM`: marks, then which bytes pair up to YY YY MM DD HH MM.
  put(DATE_MARKS, 0x2d00002d00000000, 0x00003a0000540000);
  put(DATE_DIGITS, 0x0908060503020100, 0xffffffff0f0e0c0b);
  // `HH:MM:SSZ"` and `HH:MM:SS.mmmZ"`, likewise; then limits and weights of the parts.
  put(CLOCK_SECONDS, 0x00003a00003a0000, 0x000000000000225a);
  put(CLOCK_MILLIS, 0x00003a00003a0000, 0x0000225a0000002e);
  put(CLOCK_SECONDS_DIGITS, 0xffff070604030100, 0xffffffffffffffff);
  put(CLOCK_MILLIS_DIGITS, 0x09ff070604030100, 0xffffffffffff0b0a);
  put(CLOCK_LIMITS, 0x0064003c003c0018, 0x0064006400640064);
  put(CLOCK_WEIGHTS, 0x006403e8003c0e10, 0x0000000000000001);
  // What base64 adds to a value: 71 to 26..51, -4 to 52..61, -19 to 62, -16 to 63, 65 to 0..25.
  put(LETTERS, 0xfcfcfcfcfcfcfc47, 0x000041f0edfcfcfc);
  for (let i = 0; i < 48; i++) store<u8>(ALIGN + i, i < 16 || i >= 32 ? 255 : i - 16);
  for (let n = 0; n <= 16; n++)
    for (let i = 0; i < 16; i++) store<u8>(LAST_BYTES + (n << 4) + i, i >= 16 - n ? 255 : 0);
  for (let i = 0; i < 256; i++) {
    const digit = i >= 48 && i <= 57 ? i - 48 : (i | 32) >= 97 && (i | 32) <= 102 ? (i | 32) - 87 : 255;
    store<u8>(HEX + i, digit);
  }
  store<u8>(ESCAPE + 34, 34);
  store<u8>(ESCAPE + 92, 92);
  store<u8>(ESCAPE + 47, 47);
  store<u8>(ESCAPE + 98, 8);
  store<u8>(ESCAPE + 102, 12);
  store<u8>(ESCAPE + 110, 10);
  store<u8>(ESCAPE + 114, 13);
  store<u8>(ESCAPE + 116, 9);
}


@inline
export function vec(at: usize): v128 {
  return v128.load(VECTORS + at);
}
