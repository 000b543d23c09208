// A cursor's values: JSON numbers, booleans (0 and 1) and texts, compared as Python does.
import { Buffer, clearBuffer, newBuffer, putBytes, reserve } from "../memory/buffer";
import { allocStruct } from "../memory/arena";
import { NUM_INT64, numDouble, numInt, numKind, NUM_DOUBLE, parseNumber } from "../number/parse-number";
import { skipValue } from "../scan/skip";
import { decodeString } from "../scan/text";

export const V_NONE: u32 = 0;

const V_INT: u32 = 1;
/** An integer beyond 64 bits. */
const V_BIG: u32 = 2;

const V_DOUBLE: u32 = 3;

export const V_TEXT: u32 = 4;

/** Bytes of a time with seconds and Z. */
@inline const SECONDS: usize = 20;


@unmanaged
export class Value {
  kind: u32;
  int: i64;
  /** Of numbers: the nearest double. */
  double: f64;
  /** Of texts what they say, else the JSON text. */
  text: Buffer;
}

export function newValue(): Value {
  const v = changetype<Value>(allocStruct(offsetof<Value>()));
  v.text = newBuffer();
  return v;
}

/** Reads the value at p. False when it is none that can be compared, or none that can be kept: a double beyond all. */
export function readValue(p: usize, v: Value): bool {
  const c: u32 = load<u8>(p);
  clearBuffer(v.text);
  if (c == 34) {
    v.kind = V_TEXT;
    const d = reserve(v.text, skipValue(p, 0) - p + 64);
    v.text.len = decodeString(p + 1, d) - d;
    return true;
  }
  if (c - 48 < 10 || c == 45) {
    const end = parseNumber(p, 0xfffffff0);
    v.kind = numKind == NUM_INT64 ? V_INT : numKind == NUM_DOUBLE ? V_DOUBLE : V_BIG;
    v.int = numInt;
    v.double = numKind == NUM_INT64 ? <f64>numInt : numDouble;
    putBytes(v.text, p, end - p);
    return v.kind != V_DOUBLE || v.double - v.double == 0;
  }
  if (c != 116 && c != 102) return false;
  v.kind = V_INT;
  v.int = <i64>(c == 116);
  v.double = <f64>v.int;
  putBytes(v.text, p, c == 116 ? 4 : 5);
  return true;
}

export function copyValue(from: Value, to: Value): void {
  to.kind = from.kind;
  to.int = from.int;
  to.double = from.double;
  clearBuffer(to.text);
  putBytes(to.text, from.text.ptr, from.text.len);
}

/** Texts and numbers cannot be told apart by order. */
export function areComparable(a: Value, b: Value): bool {
  return (a.kind == V_TEXT) == (b.kind == V_TEXT);
}

/** Below 0 when a comes before b, 0 when they are equal. */
export function compareValues(a: Value, b: Value): i32 {
  if (a.kind == V_TEXT) return compareTexts(a.text.ptr, a.text.len, b.text.ptr, b.text.len);
  if (a.kind == V_DOUBLE || b.kind == V_DOUBLE) return compareDoubles(a, b);
  if (a.kind == V_INT && b.kind == V_INT) return <i32>(a.int > b.int) - <i32>(a.int < b.int);
  if (a.kind == V_INT) return isNegative(b) ? 1 : -1;
  if (b.kind == V_INT || isNegative(a) != isNegative(b)) return isNegative(a) ? -1 : 1;
  const sign = isNegative(a) ? -1 : 1;
  if (a.text.len != b.text.len) return a.text.len > b.text.len ? sign : -sign;
  return sign * memory.compare(a.text.ptr, b.text.ptr, a.text.len);
}

/** UTF-8 keeps the order of code points. */
function compareTexts(p: usize, n: usize, q: usize, m: usize): i32 {
  if (isFinerTime(p, n, q, m)) return -1;
  if (isFinerTime(q, m, p, n)) return 1;
  const order = memory.compare(p, q, min(n, m));
  return order ? order : <i32>(n > m) - <i32>(n < m);
}

/** Whether the text at q is the time at p, which ends in Z, with more of its fraction: it is later then, though Z comes after
 *  digits. APIs leave out a fraction's zeros. */
function isFinerTime(p: usize, n: usize, q: usize, m: usize): bool {
  if (n >= m || n < SECONDS || load<u8>(p + n - 1) != 90 || load<u8>(q + m - 1) != 90) return false;
  const mark: u32 = load<u8>(p, 10);
  if (load<u8>(p, 4) != 45 || (mark != 84 && mark != 32)) return false;
  const next: u32 = load<u8>(q + n - 1);
  if ((next != 46 && next - 48 > 9) || memory.compare(p, q, n - 1)) return false;
  // More zeros are the same time.
  for (let i = n - 1; i < m - 1; i++) if (load<u8>(q + i) > 48) return true;
  return false;
}

/** A 64-bit integer and a double are compared exactly; a longer integer as the nearest double. */
function compareDoubles(a: Value, b: Value): i32 {
  const x = a.double;
  const y = b.double;
  if (x != y) return x > y ? 1 : -1;
  if (a.kind == V_INT) return compareExactly(a.int, y);
  if (b.kind == V_INT) return -compareExactly(b.int, x);
  return 0;
}

/** The integer against a double that it rounds to. */
function compareExactly(i: i64, d: f64): i32 {
  if (d >= 9223372036854775808.0) return -1;
  const j = <i64>d;
  return <i32>(i > j) - <i32>(i < j);
}

function isNegative(v: Value): bool {
  return load<u8>(v.text.ptr) == 45;
}
