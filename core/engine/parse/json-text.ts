// One JSON value written anew: compact, strings with the least escapes, numbers as they stand, of equal keys the last.
// Fills json columns and rewrites records in which a key stands twice.
import { allocBlock, freeBlock } from "../memory/arena";
import { Buffer, newBuffer, putByte, putBytes, reserve } from "../memory/buffer";
import { hashBytes, sameBytes } from "../memory/bytes";
import { E_COLON, E_DEPTH, E_KEY, E_LIST_END, E_OBJECT_END, fail } from "../scan/failure";
import { getDepthLimit, skipLiteral, skipNumber } from "../scan/skip";
import { cursor, decodeString, skipSpace, skipString } from "../scan/text";

/** Members of the objects being written: hash of the key, and where in the output the member begins, its key ends. */
const members = newBuffer();
@inline const MEMBER: usize = 12;

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
    store<u8>(d++, 92);
    const letter: u32 = c == 34 || c == 92 ? c : c == 8 ? 98 : c == 9 ? 116 : c == 10 ? 110 : c == 12 ? 102 : c == 13 ? 114 : 0;
    if (letter) store<u8>(d++, letter);
    else {
      store<u32>(d, 0x30303075); // u000
      store<u8>(d, 48 + (c >>> 4), 3);
      const low = c & 15;
      store<u8>(d, low < 10 ? 48 + low : 87 + low, 4);
      d += 5;
    }
  }
  store<u8>(d++, 34);
  out.len += d - start;
}

/** Writes the string at p (after its quote); returns the position after it, 0 on failure. */
function writeString(p: usize, out: Buffer): usize {
  const after = skipString(p);
  if (!after) return 0;
  const n = after - 1 - p;
  let plain = true;
  for (let i: usize = 0; i < n; i++) if (load<u8>(p + i) == 92) plain = false;
  if (plain) putBytes(out, p - 1, n + 2);
  else {
    const text = allocBlock(n + 64);
    const end = decodeString(p, text);
    putJsonString(out, text, end - text);
    freeBlock(text, n + 64);
  }
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
  p = skipSpace(p);
  let first = true;
  if (load<u8>(p) != 93) {
    while (true) {
      if (!first) putByte(out, 44);
      first = false;
      p = writeJson(p, out, depth);
      if (!p) return 0;
      p = skipSpace(p);
      const c = load<u8>(p);
      if (c == 93) break;
      if (c != 44) return fail(p, E_LIST_END);
      p = skipSpace(p + 1);
    }
  }
  putByte(out, 93);
  return p + 1;
}

function writeObject(p: usize, out: Buffer, depth: u32): usize {
  if (depth > getDepthLimit()) return fail(p, E_DEPTH);
  const base = members.len;
  putByte(out, 123);
  p = skipSpace(p);
  if (load<u8>(p) != 125) {
    while (true) {
      if (load<u8>(p) != 34) return fail(p, E_KEY);
      // Every member is written with a comma before it; the first comma is taken out at the end.
      const start = out.len;
      putByte(out, 44);
      p = writeString(p + 1, out);
      if (!p) return 0;
      const keyEnd = out.len;
      p = skipSpace(p);
      if (load<u8>(p) != 58) return fail(p, E_COLON);
      putByte(out, 58);
      p = writeJson(skipSpace(p + 1), out, depth);
      if (!p) return 0;
      noteMember(out, base, start, keyEnd);
      p = skipSpace(p);
      const c = load<u8>(p);
      if (c == 125) break;
      if (c != 44) return fail(p, E_OBJECT_END);
      p = skipSpace(p + 1);
    }
    if (members.len > base) {
      const first = load<u32>(members.ptr + base, 4);
      memory.copy(out.ptr + first, out.ptr + first + 1, out.len - first - 1);
      out.len--;
    }
  }
  members.len = base;
  putByte(out, 125);
  return p + 1;
}

/** Enters the member out[start..] of the object whose members begin at base; an earlier one of the same key goes. */
function noteMember(out: Buffer, base: usize, start: usize, keyEnd: usize): void {
  const key = out.ptr + start + 1;
  const length = keyEnd - start - 1;
  const hash = hashBytes(key, length);
  let at = base;
  let gone: usize = 0;
  while (at < members.len) {
    const m = members.ptr + at;
    const from = <usize>load<u32>(m, 4);
    const n = <usize>load<u32>(m, 8) - from - 1;
    if (load<u32>(m) == hash && n == length && sameBytes(out.ptr + from + 1, key, n)) {
      gone = removeMember(out, at, start);
      break;
    }
    at += MEMBER;
  }
  const d = reserve(members, MEMBER);
  store<u32>(d, hash);
  store<u32>(d, <u32>(start - gone), 4);
  store<u32>(d, <u32>(keyEnd - gone), 8);
  members.len += MEMBER;
}

/** Takes the member at `at` out of the output and the list; `newest` is where the one not yet listed begins.
 *  Returns by how many bytes what follows has moved up. */
function removeMember(out: Buffer, at: usize, newest: usize): usize {
  const from = <usize>load<u32>(members.ptr + at, 4);
  const next = at + MEMBER;
  const to = next < members.len ? <usize>load<u32>(members.ptr + next, 4) : newest;
  const n = to - from;
  memory.copy(out.ptr + from, out.ptr + to, out.len - to);
  out.len -= n;
  memory.copy(members.ptr + at, members.ptr + next, members.len - next);
  members.len -= MEMBER;
  while (at < members.len) {
    const p = members.ptr + at;
    store<u32>(p, load<u32>(p, 4) - <u32>n, 4);
    store<u32>(p, load<u32>(p, 8) - <u32>n, 8);
    at += MEMBER;
  }
  return n;
}
