// A value as sorted compact JSON: what dlt hashes to row ids (orjson with sorted keys). Keys are in code-point order at
// every depth, of equal keys the last counts; numbers are printed as orjson reads and prints them.
import { Hint, isNull, MASK_HMAC } from "../layout/field";
import { maskValue } from "../columns/mask";
import { setValue, valueLength, valueText } from "../columns/value";
import { K_TEXT } from "../layout/kinds";
import { Buffer, clearBuffer, newBuffer, putByte, putBytes, putText, reserve } from "../memory/buffer";
import { formatJsonDouble } from "../number/format-double";
import { NUM_BIG, NUM_INT64, numberErrorAt, numDouble, numKind, parseNumber } from "../number/parse-number";
import { E_COLON, E_DEPTH, E_KEY, E_LIST_END, E_NUMBER, E_OBJECT_END, fail } from "../scan/failure";
import { getDepthLimit, skipLiteral, skipValue } from "../scan/skip";
import { decodeString, skipSpace } from "../scan/text";
import { hintFor } from "../config/hints";
import { putJsonString, writeString } from "./json-text";

/** What has been written. */
export const sorted = newBuffer();

/** Members of the objects being written: where each begins, where its key ends, where it ends, its number. */
const members = newBuffer();


@inline const MEMBER: usize = 16;
/** An object's members before they are put in order. */
const unordered = newBuffer();
const text = newBuffer();

/** Larger than any position: numbers always end at a byte that is no digit. */
@inline const NO_END: usize = 0xfffffff0;

/** Forgets what has been written. */
export function clearSorted(): void {
  clearBuffer(sorted);
  clearBuffer(members);
}

/** Begins an object; members follow, then {@link closeSorted} with what this returns. */
export function openSorted(): usize {
  putByte(sorted, 123);
  return members.len;
}

/** Begins a member by its decoded key; its value follows, then {@link endMember}. */
export function beginMember(key: usize, n: usize): void {
  const start = sorted.len;
  putJsonString(sorted, key, n);
  noteKey(start);
}

export function endMember(): void {
  store<u32>(members.ptr + members.len - MEMBER, <u32>sorted.len, 8);
}

function noteKey(start: usize): void {
  const m = reserve(members, MEMBER);
  store<u32>(m, <u32>start);
  store<u32>(m, <u32>sorted.len, 4);
  members.len += MEMBER;
  putByte(sorted, 58);
}

/** Puts the members of the object that began at `base` in order and ends it. */
export function closeSorted(base: usize): void {
  const first = members.ptr + base;
  const count = <u32>((members.len - base) / MEMBER);
  let ordered = true;
  for (let i: u32 = 0; i < count; i++) {
    const m = first + <usize>i * MEMBER;
    store<u32>(m, i, 12);
    if (i && compareKeys(m - MEMBER, m) >= 0) ordered = false;
  }
  if (count) {
    const start = <usize>load<u32>(first);
    if (!ordered) sortMembers(first, count);
    // The text moves aside, and comes back member by member.
    const n = sorted.len - start;
    clearBuffer(unordered);
    putBytes(unordered, sorted.ptr + start, n);
    sorted.len = start;
    let comma = false;
    for (let i: u32 = 0; i < count; i++) {
      const m = first + <usize>i * MEMBER;
      if (i + 1 < count && compareMoved(m, m + MEMBER, start) == 0) continue;
      if (comma) putByte(sorted, 44);
      comma = true;
      const at = load<u32>(m);
      putBytes(sorted, unordered.ptr + (at - start), load<u32>(m, 8) - at);
    }
  }
  members.len = base;
  putByte(sorted, 125);
}

function compareKeys(a: usize, b: usize): i32 {
  return compareText(sorted.ptr, a, b);
}

/** As {@link compareKeys}, when the text from `start` on has moved. */
function compareMoved(a: usize, b: usize, start: usize): i32 {
  return compareText(unordered.ptr - start, a, b);
}

/** Compares the keys of two members, JSON strings with the least escapes, by code points. */
function compareText(base: usize, a: usize, b: usize): i32 {
  let p = base + load<u32>(a) + 1;
  let q = base + load<u32>(b) + 1;
  const pEnd = base + load<u32>(a, 4) - 1;
  const qEnd = base + load<u32>(b, 4) - 1;
  while (p < pEnd && q < qEnd) {
    const x = byteAt(p);
    const y = byteAt(q);
    if (x != y) return x < y ? -1 : 1;
    p += widthAt(p);
    q += widthAt(q);
  }
  return <i32>(p < pEnd) - <i32>(q < qEnd);
}

/** The byte that the text at p stands for. */
function byteAt(p: usize): u32 {
  const c: u32 = load<u8>(p);
  if (c != 92) return c;
  const e: u32 = load<u8>(p, 1);
  if (e == 34 || e == 92) return e;
  if (e == 98) return 8;
  if (e == 116) return 9;
  if (e == 110) return 10;
  if (e == 102) return 12;
  if (e == 114) return 13;
  const low: u32 = load<u8>(p, 5);
  return ((<u32>load<u8>(p, 4) - 48) << 4) | (low < 58 ? low - 48 : low - 87);
}

function widthAt(p: usize): usize {
  return load<u8>(p) != 92 ? 1 : load<u8>(p, 1) == 117 ? 6 : 2;
}

function isBefore(a: usize, b: usize): bool {
  const c = compareKeys(a, b);
  return c < 0 || (c == 0 && load<u32>(a, 12) < load<u32>(b, 12));
}

/** Heap sort by key, then place: n log n whatever the keys. */
function sortMembers(first: usize, count: u32): void {
  for (let i = <i32>(count >>> 1) - 1; i >= 0; i--) siftDown(first, <u32>i, count);
  for (let n = count - 1; n > 0; n--) {
    swap(first, first + <usize>n * MEMBER);
    siftDown(first, 0, n);
  }
}

function swap(a: usize, b: usize): void {
  const v = v128.load(a);
  v128.store(a, v128.load(b));
  v128.store(b, v);
}

function siftDown(first: usize, at: u32, count: u32): void {
  while (true) {
    let child = at * 2 + 1;
    if (child >= count) return;
    if (child + 1 < count && isBefore(first + <usize>child * MEMBER, first + <usize>(child + 1) * MEMBER))
      child++;
    const a = first + <usize>at * MEMBER;
    const c = first + <usize>child * MEMBER;
    if (!isBefore(a, c)) return;
    swap(a, c);
    at = child;
  }
}

/** Writes the value at p; returns the position after it, 0 on failure. What hints drop or hide is left out; of what is
 *  masked by a hash, the hash is written. */
export function writeSorted(p: usize, depth: u32, hint: Hint): usize {
  const c: u32 = load<u8>(p);
  if (c == 34) return writeString(p + 1, sorted);
  if (c == 123) {
    if (depth >= getDepthLimit()) return fail(p, E_DEPTH);
    const base = openSorted();
    p = writeMembers(p + 1, depth + 1, hint, false);
    if (p) closeSorted(base);
    return p;
  }
  if (c == 91) return writeList(p + 1, depth + 1, hint);
  if (c - 48 < 10 || c == 45) return writeNumber(p);
  const end = skipLiteral(p);
  if (end) putBytes(sorted, p, end - p);
  return end;
}

function writeList(p: usize, depth: u32, hint: Hint): usize {
  if (depth > getDepthLimit()) return fail(p, E_DEPTH);
  putByte(sorted, 91);
  p = skipSpace(p);
  if (load<u8>(p) != 93) {
    while (true) {
      p = writeSorted(p, depth, hint);
      if (!p) return 0;
      p = skipSpace(p);
      const c = load<u8>(p);
      if (c == 93) break;
      if (c != 44) return fail(p, E_LIST_END);
      putByte(sorted, 44);
      p = skipSpace(p + 1);
    }
  }
  putByte(sorted, 93);
  return p + 1;
}

/** Writes the members of the object whose `{` is before p into the object that is open; returns the position after its
 *  `}`. `isRecord`: dlt's own keys are left out. */
export function writeMembers(p: usize, depth: u32, hint: Hint, isRecord: bool): usize {
  p = skipSpace(p);
  if (load<u8>(p) == 125) return p + 1;
  while (true) {
    if (load<u8>(p) != 34) return fail(p, E_KEY);
    const start = sorted.len;
    p = writeString(p + 1, sorted);
    if (!p) return 0;
    const key = sorted.ptr + start + 1;
    const n = <u32>(sorted.len - start - 2);
    const own = isRecord && n >= 4 && load<u32>(key) == 0x746c645f;
    const h = isNull(hint) ? hint : hintFor(hint, key, n);
    p = skipSpace(p);
    if (load<u8>(p) != 58) return fail(p, E_COLON);
    p = skipSpace(p + 1);
    if (own || (!isNull(h) && (h.drop || (h.mask && h.mask != MASK_HMAC)))) {
      sorted.len = start;
      p = skipValue(p, depth);
    } else {
      noteKey(start);
      p = !isNull(h) && h.mask ? writeMasked(p, depth, h) : writeSorted(p, depth, h);
      if (p) endMember();
    }
    if (!p) return 0;
    p = skipSpace(p);
    const c = load<u8>(p);
    if (c == 125) return p + 1;
    if (c != 44) return fail(p, E_OBJECT_END);
    p = skipSpace(p + 1);
  }
}

/** Writes what the hint's mask makes of the value at p; returns the position after it, 0 on failure. */
export function writeMasked(p: usize, depth: u32, hint: Hint): usize {
  const end = skipValue(p, depth);
  if (!end) return 0;
  clearBuffer(text);
  const d = reserve(text, end - p + 64);
  if (load<u8>(p) == 34) text.len = decodeString(p + 1, d) - d;
  else putBytes(text, p, end - p);
  setValue(K_TEXT, text.ptr, <u32>text.len);
  maskValue(hint);
  putJsonString(sorted, valueText, valueLength);
  return end;
}

/** Integers of 64 bits, signed or unsigned, keep their digits; all else becomes a double. */
function writeNumber(p: usize): usize {
  const end = parseNumber(p, NO_END);
  if (!end) return fail(numberErrorAt, E_NUMBER);
  if (numKind == NUM_INT64 && load<u16>(p) == 0x302d) putByte(sorted, 48);
  else if (numKind == NUM_INT64 || (numKind == NUM_BIG && isU64(p, end - p))) putBytes(sorted, p, end - p);
  else if (numDouble - numDouble != 0) putText(sorted, "null");
  else sorted.len += formatJsonDouble(numDouble, reserve(sorted, 32));
  return end;
}

const MAX_U64: usize = memory.data<u8>([
  49, 56, 52, 52, 54, 55, 52, 52, 48, 55, 51, 55, 48, 57, 53, 53, 49, 54, 49, 53,
]);

function isU64(p: usize, n: usize): bool {
  return load<u8>(p) != 45 && (n < 20 || (n == 20 && memory.compare(p, MAX_U64, 20) <= 0));
}
