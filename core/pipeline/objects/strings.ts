import { SLACK, type Text } from "./text.ts";

const encoder = new TextEncoder();

/** Characters from which on a call of `encodeInto` (some 50 ns) is quicker than a loop over them. */
const SHORT = 40;
/** UTF-16 units encoded at once: three bytes each at most. */
const SLICE = 5000;
const scratch = new Uint8Array(SLICE * 3 + 4);
const scratchView = new DataView(scratch.buffer);
/** Room for a word and the rest of a text, all of them escaped: six bytes for one. */
const ESCAPED_WORDS = 48 + SLACK;

/** How JSON.stringify escapes a byte: 0 not at all, 117 (`u`) by its number, else by this letter. */
const ESCAPES = new Uint8Array(256);
for (let control = 0; control < 32; control++) ESCAPES[control] = 117;
for (const [control, letter] of ["\bb", "\tt", "\nn", "\ff", "\rr", '""', "\\\\"]) {
  ESCAPES[control!.charCodeAt(0)] = letter!.charCodeAt(0);
}

/** Writes a string as `JSON.stringify` does, as UTF-8, with {@link SLACK} bytes of room behind it. */
export function writeString(to: Text, text: string, p: number): number {
  const { length } = text;
  if (length >= SHORT) return writeLong(to, text, p);
  if (p + length + SLACK > to.size) to.grow(p, length + SLACK);
  const { bytes } = to;
  let q = p;
  bytes[q++] = 34;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code > 127 || code < 32 || code === 34 || code === 92) return writeLong(to, text, p);
    bytes[q++] = code;
  }
  bytes[q] = 34;
  return q + 1;
}

function writeLong(to: Text, text: string, p: number): number {
  if (p + SLACK > to.size) to.grow(p, SLACK);
  to.bytes[p++] = 34;
  for (let at = 0; at < text.length;) {
    let end = Math.min(at + SLICE, text.length);
    // A surrogate pair is not taken apart.
    if (end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end--;
    const slice = at === 0 && end === text.length ? text : text.slice(at, end);
    const { written } = encoder.encodeInto(slice, scratch);
    if (written !== slice.length && !isWellFormed(slice)) p = writeIllFormed(to, slice, p);
    else p = writeEscaped(to, written, p);
    at = end;
  }
  to.bytes[p] = 34;
  return p + 1;
}

/** A surrogate without its other half is written by its number. */
function writeIllFormed(to: Text, slice: string, p: number): number {
  const text = JSON.stringify(slice).slice(1, -1);
  const most = text.length * 3 + SLACK;
  if (p + most > to.size) to.grow(p, most);
  return p + encoder.encodeInto(text, to.bytes.subarray(p)).written;
}

const isWellFormed: (text: string) => boolean =
  "isWellFormed" in String.prototype
    ? (text) => (text as string & { isWellFormed(): boolean }).isWellFormed()
    : (text) => !/\p{Surrogate}/u.test(text);

/** Copies the first bytes of the scratch, four at a time where none of them needs an escape. */
function writeEscaped(to: Text, length: number, p: number): number {
  if (p + length + SLACK > to.size) to.grow(p, length + SLACK);
  let { view } = to;
  const whole = length & ~3;
  for (let at = 0; at < whole; at += 4) {
    const word = scratchView.getInt32(at, true);
    // The top bit of each byte that is less than 32, `"` or `\`; sometimes of others, never too few.
    const quote = word ^ 0x22222222;
    const backslash = word ^ 0x5c5c5c5c;
    const found =
      ((word - 0x20202020) & ~word) |
      ((quote - 0x01010101) & ~quote) |
      ((backslash - 0x01010101) & ~backslash);
    if ((found & 0x80808080) === 0) {
      view.setInt32(p, word, true);
      p += 4;
    } else {
      const most = length - at + ESCAPED_WORDS;
      if (p + most > to.size) {
        to.grow(p, most);
        ({ view } = to);
      }
      p = writeBytes(to, at, at + 4, p);
    }
  }
  return writeBytes(to, whole, length, p);
}

function writeBytes(to: Text, from: number, end: number, p: number): number {
  const { bytes } = to;
  for (let at = from; at < end; at++) {
    const byte = scratch[at]!;
    const escape = ESCAPES[byte]!;
    if (escape === 0) bytes[p++] = byte;
    else {
      bytes[p++] = 92;
      bytes[p++] = escape;
      if (escape === 117) {
        bytes[p++] = 48;
        bytes[p++] = 48;
        bytes[p++] = 48 + (byte >> 4);
        bytes[p++] = (byte & 15) + ((byte & 15) < 10 ? 48 : 87);
      }
    }
  }
  return p;
}

const LETTERS = Uint8Array.from(
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
  (letter) => letter.charCodeAt(0),
);

/** Writes bytes as a string of base64 (RFC 4648, padded). */
export function writeBase64(to: Text, from: ArrayBufferView, p: number): number {
  const given = new Uint8Array(from.buffer, from.byteOffset, from.byteLength);
  const { length } = given;
  const most = Math.ceil(length / 3) * 4 + SLACK;
  if (p + most > to.size) to.grow(p, most);
  const { bytes } = to;
  bytes[p++] = 34;
  for (let at = 0; at < length; at += 3) {
    const a = given[at]!;
    const b = given[at + 1] ?? 0;
    const c = given[at + 2] ?? 0;
    bytes[p++] = LETTERS[a >> 2]!;
    bytes[p++] = LETTERS[((a & 3) << 4) | (b >> 4)]!;
    bytes[p++] = at + 1 < length ? LETTERS[((b & 15) << 2) | (c >> 6)]! : 61;
    bytes[p++] = at + 2 < length ? LETTERS[c & 63]! : 61;
  }
  bytes[p] = 34;
  return p + 1;
}
