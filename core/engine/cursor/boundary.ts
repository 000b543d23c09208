// The hash of a record at a cursor's boundary, as dlt makes it (`digest_dedup_value` in dlt/extract/utils.py):
// base64(SHAKE128(sorted compact JSON)) of the values of the primary key, or of the whole record.
import { base64 } from "../hash/base64";
import { shake128 } from "../hash/shake128";
import { hintFor } from "../config/hints";
import { Hint, isNull, nil } from "../layout/field";
import { Input } from "../input/input";
import { findValue, pathAt, Steps } from "../input/path";
import { routed } from "../input/record";
import { clearBuffer, putByte, putBytes, putText, reserve } from "../memory/buffer";
import {
  clearSorted,
  closeSorted,
  openSorted,
  sorted,
  writeMasked,
  writeMembers,
  writeSorted,
} from "../parse/sorted-json";
import { clearFailure } from "../scan/failure";
import { skipValue } from "../scan/skip";
import { Cursor, HASH_LENGTH } from "./cursor";
import { addHash } from "./hashes";

const digest: usize = memory.data(16, 16);
/** The hash made last. */
export const hash: usize = memory.data(24, 16);

/** Hashes the record at p, which `constants` (the text of an object without its brace, or 0) add to, to `width` characters.
 *  False when the record is no JSON. What `hint` hides is left out. */
export function hashRecord(c: Cursor, p: usize, constants: usize, hint: Hint, width: u32): bool {
  clearSorted();
  if (!isNull(c.key)) {
    if (!c.isSingle) putByte(sorted, 91);
    for (let i: u32 = 0; i < c.key.count; i++) {
      if (i) putByte(sorted, 44);
      const at = findIn(p, constants, pathAt(c.key, i));
      if (!at) putText(sorted, "null");
      else if (!writeKey(at, pathAt(c.key, i), hint)) return false;
    }
    if (!c.isSingle) putByte(sorted, 93);
  } else if (load<u8>(p) == 123) {
    const base = openSorted();
    if (!writeMembers(p + 1, 1, hint, false)) return false;
    if (constants && !writeMembers(constants, 1, hint, false)) return false;
    closeSorted(base);
  } else if (!writeSorted(p, 1, nil<Hint>())) return false;
  const n = (width >>> 2) * 3;
  shake128(sorted.ptr, sorted.len, digest, n);
  base64(digest, n, hash);
  return true;
}

/** Writes the value at p; what `hint` masks at the path, as its mask has it. */
function writeKey(p: usize, path: Steps, hint: Hint): usize {
  for (let i: u32 = 0; i < path.count && !isNull(hint); i++) {
    const step = path.items + ((<usize>i) << 3);
    if (!load<usize>(step)) continue;
    hint = hintFor(hint, load<usize>(step), load<u32>(step, 4));
    if (!isNull(hint) && hint.mask) return writeMasked(p, 1, hint);
  }
  return writeSorted(p, 1, nil<Hint>());
}

/** The value at a path of the record; a constant takes the place of a member with its key. */
export function findIn(p: usize, constants: usize, path: Steps): usize {
  if (constants) {
    // An object's text begins before its first key.
    const at = findValue(constants - 1, path);
    clearFailure();
    if (at) return at;
  }
  return findValue(p, path);
}

/** Notes that the record at p is at the boundary. `moves`: its text is another soon. */
export function keepRecord(c: Cursor, p: usize, constants: usize, moves: bool): void {
  if (c.hashes.overflow) return;
  let at = p;
  if (moves) {
    at = c.copies.len;
    putBytes(c.copies, p, skipValue(p, 0) - p);
    memory.fill(reserve(c.copies, 64), 0, 64);
    c.copies.len += 64;
  }
  const entry = reserve(c.pending, 12);
  store<usize>(entry, at);
  store<usize>(entry, constants, 4);
  store<u32>(entry, <u32>moves, 8);
  c.pending.len += 12;
}

export function forgetRecords(c: Cursor): void {
  clearBuffer(c.pending);
  clearBuffer(c.copies);
}

/** Hashes the records noted, as long as their text is where it was. */
export function hashPending(input: Input): void {
  const c = input.options.cursor;
  const width = c.hashes.count ? c.hashes.width : HASH_LENGTH;
  c.hashes.width = width;
  for (let i: usize = 0; i < c.pending.len; i += 12) {
    const entry = c.pending.ptr + i;
    const at = load<usize>(entry) + (load<u32>(entry, 8) ? c.copies.ptr : 0);
    if (hashRecord(c, at, load<usize>(entry, 4), hintAt(input, at), width)) addHash(c.hashes, hash);
  }
  forgetRecords(c);
}

/** The hints for the record at p: those of the table it is routed to. */
export function hintAt(input: Input, p: usize): Hint {
  const t = isNull(input.options.route) ? input.table : routed(input, p);
  return isNull(t) ? input.table.hint : t.hint;
}
