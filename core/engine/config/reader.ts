// Reading the engine's own configuration: JSON that the host has written, looked up in place. Not for data.
import { allocBlock } from "../memory/arena";
import { isText } from "../memory/bytes";
import { skipValue } from "../scan/skip";
import { cursor, decodeString, skipSpace } from "../scan/text";
import { numDouble, numInt, numKind, parseNumber } from "../number/parse-number";

/** What {@link readString} returned: decoded, allocated for good. */
export let textPtr: usize = 0;
export let textLength: u32 = 0;

/** Decodes the string at p (on its quote). */
export function readString(p: usize): void {
  const n = skipValue(p, 0) - p;
  textPtr = allocBlock(n + 64);
  textLength = <u32>(decodeString(p + 1, textPtr) - textPtr);
}

/** What is wrong with the configuration or the options being read; empty when nothing is. */
export let invalid: string = "";
export function setInvalid(what: string): void {
  invalid = what;
}

export function isString(p: usize): bool {
  return p != 0 && load<u8>(p) == 34;
}

export function readNumber(p: usize, fallback: f64): f64 {
  if (!p || (load<u8>(p) != 45 && <u32>load<u8>(p) - 48 > 9)) return fallback;
  parseNumber(p, 0xfffffff0);
  return numKind == 0 ? <f64>numInt : numDouble;
}

export function readBool(p: usize, fallback: bool): bool {
  return p ? load<u8>(p) == 116 : fallback;
}

/** First member's key of the object at p, or first element of the list; 0 when p is neither or empty. */
export function firstIn(p: usize): usize {
  if (!p) return 0;
  const c = load<u8>(p);
  if (c != 123 && c != 91) return 0;
  p = skipSpace(p + 1);
  return load<u8>(p) == c + 2 ? 0 : p;
}

/** The key or element after the value at p; 0 at the end. */
export function nextAfter(p: usize): usize {
  p = skipSpace(skipValue(p, 0));
  return load<u8>(p) == 44 ? skipSpace(p + 1) : 0;
}

/** The value of the member whose key is at p. */
export function valueOf(p: usize): usize {
  p = skipSpace(skipValue(p, 0));
  return skipSpace(p + 1);
}

/** The value of a member of the object at p, by a name without escapes; 0 when there is none. */
export function member(p: usize, name: string): usize {
  let key = firstIn(p);
  while (key) {
    const value = valueOf(key);
    if (isText(key + 1, name.length, name) && load<u8>(key + 1 + name.length) == 34) return value;
    key = nextAfter(value);
  }
  return 0;
}

/** Whether the value at p is the string `text`. */
export function isStringOf(p: usize, text: string): bool {
  return isString(p) && isText(p + 1, text.length, text) && load<u8>(p + 1 + text.length) == 34;
}
