// A value as sorted compact JSON: what dlt hashes to row ids (orjson with sorted keys). Keys are in code-point order at
// every depth, of equal keys the last counts; numbers are printed as orjson reads and prints them.
import { Hint, isNull, MASK_HMAC } from "../layout/field";
import { maskValue } from "../columns/mask";
import { setValue, valueLength, valueText } from "../columns/value";
import { K_TEXT } from "../layout/kinds";
import { copyShort } from "../memory/bytes";
import { clearBuffer, newBuffer, putByte, putBytes, putText, reserve } from "../memory/buffer";
import { formatJsonDouble } from "../number/format-double";
import { NUM_BIG, NUM_INT64, numberErrorAt, numDouble, numKind, parseNumber } from "../number/parse-number";
import { E_COLON, E_DEPTH, E_KEY, E_LIST_END, E_NUMBER, E_OBJECT_END, fail } from "../scan/failure";
import { getDepthLimit, skipLiteral, skipValue } from "../scan/skip";
import { decodeString, afterSpace } from "../scan/text";
import { hintFor } from "../config/hints";
import { putJsonString, writeString } from "./json-text";
import { compareKeys, forgetKeys, MEMBER, noteKeyText, orderMembers } from "./member-order";

/** What has been written. */
export const sorted = newBuffer();

/** Members of the objects being written. */
const members = newBuffer();
/** An object's members before they are put in order. */
const unordered = newBuffer();
const text = newBuffer();

/** Larger than any position: numbers always end at a byte that is no digit. */
@inline const NO_END: usize = 0xfffffff0;

/** Forgets what has been written. */
export function clearSorted(): void {
  clearBuffer(sorted);
  clearBuffer(members);
  forgetKeys();
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

/** Every member is written with a comma behind it; the last one goes when the object ends. */
export function endMember(): void {
  store<u32>(members.ptr + members.len - MEMBER, <u32>sorted.len, 8);
  putByte(sorted, 44);
}

function noteKey(start: usize): void {
  const m = reserve(members, MEMBER);
  store<u32>(m, <u32>start);
  store<u32>(m, <u32>sorted.len, 4);
  members.len += MEMBER;
  const end = reserve(sorted, 17);
  noteKeyText(sorted.ptr + start, end);
  store<u8>(end, 58);
  sorted.len++;
}

/** Puts the members of the object that began at `base` in order and ends it. */
export function closeSorted(base: usize): void {
  const first = members.ptr + base;
  const count = <u32>((members.len - base) / MEMBER);
  reserve(sorted, 16);
  if (count && orderMembers(sorted.ptr, first, count)) rearrange(first, count);
  if (count) sorted.len--;
  members.len = base;
  putByte(sorted, 125);
}

/** Writes the object's members as they are ordered now, of equal keys the last. */
function rearrange(first: usize, count: u32): void {
  let start = <usize>load<u32>(first);
  for (let i: u32 = 1; i < count; i++) start = min(start, <usize>load<u32>(first + <usize>i * MEMBER));
  const n = sorted.len - start;
  clearBuffer(unordered);
  const from = reserve(unordered, n + 16);
  copyShort(from, sorted.ptr + start, n);
  let d = sorted.ptr + start;
  for (let i: u32 = 0; i < count; i++) {
    const m = first + <usize>i * MEMBER;
    if (i + 1 < count && compareKeys(from - start, m, m + MEMBER) == 0) continue;
    const at = <usize>load<u32>(m);
    const length = <usize>load<u32>(m, 8) + 1 - at;
    copyShort(d, from + (at - start), length);
    d += length;
  }
  sorted.len = d - sorted.ptr;
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
  p = afterSpace(p);
  if (load<u8>(p) != 93) {
    while (true) {
      p = writeSorted(p, depth, hint);
      if (!p) return 0;
      p = afterSpace(p);
      const c = load<u8>(p);
      if (c == 93) break;
      if (c != 44) return fail(p, E_LIST_END);
      putByte(sorted, 44);
      p = afterSpace(p + 1);
    }
  }
  putByte(sorted, 93);
  return p + 1;
}

/** Writes the members of the object whose `{` is before p into the object that is open; returns the position after its
 *  `}`. `isRecord`: dlt's own keys are left out. */
export function writeMembers(p: usize, depth: u32, hint: Hint, isRecord: bool): usize {
  p = afterSpace(p);
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
    p = afterSpace(p);
    if (load<u8>(p) != 58) return fail(p, E_COLON);
    p = afterSpace(p + 1);
    if (own || (!isNull(h) && (h.drop || (h.mask && h.mask != MASK_HMAC)))) {
      sorted.len = start;
      p = skipValue(p, depth);
    } else {
      noteKey(start);
      p = !isNull(h) && h.mask ? writeMasked(p, depth, h) : writeSorted(p, depth, h);
      if (p) endMember();
    }
    if (!p) return 0;
    p = afterSpace(p);
    const c = load<u8>(p);
    if (c == 125) return p + 1;
    if (c != 44) return fail(p, E_OBJECT_END);
    p = afterSpace(p + 1);
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
