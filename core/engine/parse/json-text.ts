// One JSON value written anew: compact, strings with the least escapes, numbers as they stand, of equal keys the last.
// Fills json columns and rewrites records in which a key stands twice.
import { Buffer, clearBuffer, newBuffer, putByte, putBytes, reserve } from "../memory/buffer";
import { copyShort } from "../memory/bytes";
import { E_COLON, E_DEPTH, E_KEY, E_LIST_END, E_OBJECT_END, fail } from "../scan/failure";
import { getDepthLimit, skipLiteral, skipNumber } from "../scan/skip";
import { cursor, plainEnd, afterSpace, skipString, unescape } from "../scan/text";

/** Members of the objects being written: where in the output each begins (at its comma), and where its key ends. */
const members = newBuffer();

const MEMBER: usize = 8;

/** Writes the n bytes of decoded text at p as a JSON string. */
export function putJsonString(out: Buffer, p: usize, n: usize): void {
  let d = reserve(out, n * 6 + 2);
  const start = d;
  store<u8>(d++, 34);
  for (let i: usize = 0; i < n; i++) {
    const c: u32 = load<u8>(p + i);
    if (c >= 32 && c != 34 && c != 92) {
      store<u8>(d++, c);
      continue;
    }
    d = putEscape(d, c);
  }
  store<u8>(d++, 34);
  out.len += d - start;
}

/** Writes the escape of c, a quote, a backslash or a control character; returns the position after it. */
function putEscape(d: usize, c: u32): usize {
  store<u8>(d, 92);
  const letter: u32 =
    c == 34 || c == 92 ? c : c == 8 ? 98 : c == 9 ? 116 : c == 10 ? 110 : c == 12 ? 102 : c == 13 ? 114 : 0;
  if (letter) {
    store<u8>(d, letter, 1);
    return d + 2;
  }
  store<u32>(d, 0x30303075, 1); // u000
  store<u8>(d, 48 + (c >>> 4), 4);
  const low = c & 15;
  store<u8>(d, low < 10 ? 48 + low : 87 + low, 5);
  return d + 6;
}

/** Writes the string at p (after its quote); returns the position after it, 0 on failure. */
export function writeString(p: usize, out: Buffer): usize {
  const stop = plainEnd(p);
  if (load<u8>(stop) == 34) {
    const n = stop - p + 2;
    copyShort(reserve(out, n + 16), p - 1, n);
    out.len += n;
    return stop + 1;
  }
  const after = skipString(stop);
  if (!after) return 0;
  // No escape is written longer than it stands.
  let d = reserve(out, after - p + 64);
  const start = d;
  store<u8>(d++, 34);
  while (true) {
    const end = plainEnd(p);
    copyShort(d, p, end - p);
    d += end - p;
    if (load<u8>(end) == 34) break;
    const next = unescape(end, d);
    const c: u32 = load<u8>(d);
    d = c < 32 || c == 34 || c == 92 ? putEscape(d, c) : next;
    p = cursor;
  }
  store<u8>(d++, 34);
  out.len += d - start;
  return after;
}

/** Writes the value at p to out; returns the position after it, 0 on failure. */
export function writeJson(p: usize, out: Buffer, depth: u32): usize {
  const c: u32 = load<u8>(p);
  if (c == 34) return writeString(p + 1, out);
  if (c == 123) return writeObject(p + 1, out, depth + 1);
  if (c == 91) return writeList(p + 1, out, depth + 1);
  const end = c - 48 < 10 || c == 45 ? skipNumber(p) : skipLiteral(p);
  if (end) putBytes(out, p, end - p);
  return end;
}

function writeList(p: usize, out: Buffer, depth: u32): usize {
  if (depth > getDepthLimit()) return fail(p, E_DEPTH);
  putByte(out, 91);
  p = afterSpace(p);
  let first = true;
  if (load<u8>(p) != 93) {
    while (true) {
      if (!first) putByte(out, 44);
      first = false;
      p = writeJson(p, out, depth);
      if (!p) return 0;
      p = afterSpace(p);
      const c = load<u8>(p);
      if (c == 93) break;
      if (c != 44) return fail(p, E_LIST_END);
      p = afterSpace(p + 1);
    }
  }
  putByte(out, 93);
  return p + 1;
}

/** Writes the object at p (after its brace) to out, and to its members those of the object at `more`, where it is not 0:
 *  of equal keys the last stays. Returns the position after the object, 0 on failure. */
export function writeObject(p: usize, out: Buffer, depth: u32, more: usize = 0): usize {
  const base = members.len;
  putByte(out, 123);
  p = writeMembers(p, out, depth);
  if (!p || (more && !writeMembers(more, out, depth))) {
    members.len = base;
    return 0;
  }
  keepLast(out, base);
  members.len = base;
  putByte(out, 125);
  return p;
}

function writeMembers(p: usize, out: Buffer, depth: u32): usize {
  if (depth > getDepthLimit()) return fail(p, E_DEPTH);
  p = afterSpace(p);
  if (load<u8>(p) != 125) {
    while (true) {
      if (load<u8>(p) != 34) return fail(p, E_KEY);
      // Every member is written with a comma before it; the first comma is taken out at the end.
      const start = out.len;
      putByte(out, 44);
      p = writeString(p + 1, out);
      if (!p) return 0;
      const keyEnd = out.len;
      p = afterSpace(p);
      if (load<u8>(p) != 58) return fail(p, E_COLON);
      putByte(out, 58);
      p = writeJson(afterSpace(p + 1), out, depth);
      if (!p) return 0;
      const m = reserve(members, MEMBER);
      store<u32>(m, <u32>start);
      store<u32>(m, <u32>keyEnd, 4);
      members.len += MEMBER;
      p = afterSpace(p);
      const c = load<u8>(p);
      if (c == 125) break;
      if (c != 44) return fail(p, E_OBJECT_END);
      p = afterSpace(p + 1);
    }
  }
  return p + 1;
}

/** Order of the members being compared: numbers of members, sorted by key and then by place. */
const order = newBuffer();

/** Takes out of an object's members (those from base on) all but the last of each key, and the first comma. */
function keepLast(out: Buffer, base: usize): void {
  const count = <u32>((members.len - base) / MEMBER);
  if (count == 0) return;
  clearBuffer(order);
  const sorted = reserve(order, <usize>count * 8);
  for (let i: u32 = 0; i < count; i++) store<u32>(sorted + ((<usize>i) << 2), i);
  sortMembers(out, base, sorted, count);
  // A member that is followed by one of the same key goes.
  const gone = sorted + ((<usize>count) << 2);
  memory.fill(gone, 0, count);
  for (let i: u32 = 0; i + 1 < count; i++) {
    const a = load<u32>(sorted + ((<usize>i) << 2));
    const b = load<u32>(sorted + ((<usize>i) << 2), 4);
    if (compareKeys(out, base, a, b) == 0) store<u8>(gone + a, 1);
  }
  const end = out.len;
  let to = <usize>load<u32>(members.ptr + base);
  let first = true;
  for (let i: u32 = 0; i < count; i++) {
    if (load<u8>(gone + i)) continue;
    const m = members.ptr + base + <usize>i * MEMBER;
    let from = <usize>load<u32>(m);
    const stop = i + 1 < count ? <usize>load<u32>(m, MEMBER) : end;
    if (first) from++;
    first = false;
    if (from != to) memory.copy(out.ptr + to, out.ptr + from, stop - from);
    to += stop - from;
  }
  out.len = to;
}

/** Compares the keys of two members; the order itself means nothing. */
function compareKeys(out: Buffer, base: usize, a: u32, b: u32): i32 {
  const x = members.ptr + base + <usize>a * MEMBER;
  const y = members.ptr + base + <usize>b * MEMBER;
  const n = load<u32>(x, 4) - load<u32>(x);
  const m = load<u32>(y, 4) - load<u32>(y);
  if (n != m) return n < m ? -1 : 1;
  return memory.compare(out.ptr + load<u32>(x), out.ptr + load<u32>(y), n);
}

/** Heap sort by key, then place: linear in memory and n log n whatever the keys. */
function sortMembers(out: Buffer, base: usize, sorted: usize, count: u32): void {
  for (let i = <i32>(count >>> 1) - 1; i >= 0; i--) siftDown(out, base, sorted, <u32>i, count);
  for (let n = count - 1; n > 0 && n < count; n--) {
    const top = load<u32>(sorted);
    store<u32>(sorted, load<u32>(sorted + ((<usize>n) << 2)));
    store<u32>(sorted + ((<usize>n) << 2), top);
    siftDown(out, base, sorted, 0, n);
  }
}

function isBefore(out: Buffer, base: usize, a: u32, b: u32): bool {
  const c = compareKeys(out, base, a, b);
  return c < 0 || (c == 0 && a < b);
}

function siftDown(out: Buffer, base: usize, sorted: usize, at: u32, count: u32): void {
  while (true) {
    let child = at * 2 + 1;
    if (child >= count) return;
    const right = child + 1;
    if (
      right < count &&
      isBefore(
        out,
        base,
        load<u32>(sorted + ((<usize>child) << 2)),
        load<u32>(sorted + ((<usize>right) << 2)),
      )
    )
      child = right;
    const a = load<u32>(sorted + ((<usize>at) << 2));
    const c = load<u32>(sorted + ((<usize>child) << 2));
    if (!isBefore(out, base, a, c)) return;
    store<u32>(sorted + ((<usize>at) << 2), c);
    store<u32>(sorted + ((<usize>child) << 2), a);
    at = child;
  }
}
