// Which records a cursor lets in: dlt's `JsonIncremental` (dlt/extract/incremental/transform.py), record by record, before
// anything of them is in the tables.
import { isNull } from "../layout/field";
import { clearFailure, E_CURSOR_MISSING, E_CURSOR_TYPE, fail, failure } from "../scan/failure";
import { Input } from "../input/input";
import { findFrom } from "../input/path";
import { skipSpace } from "../scan/text";
import { findIn, forgetRecords, hash, hashPending, hashRecord, hintAt, keepRecord } from "./boundary";
import { Cursor, HASH_LENGTH, MISSING_INCLUDE, MISSING_RAISE } from "./cursor";
import { clearHashes, hasHash } from "./hashes";
import { areComparable, compareValues, copyValue, newValue, readValue, V_NONE, Value } from "./value";

export const TAKEN: u32 = 0;
export const LEFT_OUT: u32 = 1;
export const REFUSED: u32 = 2;

/** What {@link weigh} has said of the record at hand. */
export let verdict: u32 = TAKEN;
/** Where it is: below, at or beyond `last`; below when it has no value. */
let place: i32 = -1;
let pastStart: bool = false;
let pastEnd: bool = false;

const value: Value = newValue();

/** Says whether the record at p gets in; nothing is noted of it before {@link noteRecord}. The text at hand may end in the
 *  middle of the record: only the taking is final then. */
export function weigh(input: Input, p: usize): u32 {
  clearFailure();
  return settleVerdict(input, p, findIn(p, input.options.constants, input.options.cursor.path));
}

/** As {@link weigh}, of a record without constants whose member of the path's first step is at `member`; 0: it has none. */
export function weighMember(input: Input, p: usize, member: usize): u32 {
  clearFailure();
  return settleVerdict(input, p, member ? findFrom(skipSpace(member), input.options.cursor.path, 1) : 0);
}

/** The cursor's value is at `at`; 0: there is none. */
function settleVerdict(input: Input, p: usize, at: usize): u32 {
  pastStart = false;
  pastEnd = false;
  place = -1;
  verdict = judge(input, input.options.cursor, p, at, input.options.constants);
  return verdict;
}

/** The record at hand gets in without being looked at: the cursor stays where it is. */
export function letIn(): void {
  verdict = TAKEN;
  place = -1;
  pastStart = false;
  pastEnd = false;
}

function judge(input: Input, c: Cursor, p: usize, at: usize, constants: usize): u32 {
  if (failure) return REFUSED;
  if (c.startsAhead) {
    c.startsAhead = 0;
    copyValue(c.start, c.last);
  }
  if (!at || load<u32>(at) == 0x6c6c756e) {
    if (c.onMissing == MISSING_INCLUDE) return TAKEN;
    if (c.onMissing != MISSING_RAISE) return LEFT_OUT;
    fail(p, E_CURSOR_MISSING);
    return REFUSED;
  }
  if (!readValue(at, value)) return refuse(at);
  if (c.end.kind != V_NONE) {
    if (!areComparable(value, c.end)) return refuse(at);
    const order = c.sign * compareValues(value, c.end);
    if (order > 0 || (order == 0 && !c.closedEnd)) {
      pastEnd = true;
      return LEFT_OUT;
    }
  }
  if (c.last.kind == V_NONE) {
    place = 1;
    return TAKEN;
  }
  if (!areComparable(value, c.last)) return refuse(at);
  place = c.sign * compareValues(value, c.last);
  if (place > 0 || c.start.kind == V_NONE) return TAKEN;
  const order = c.sign * compareValues(value, c.start);
  if (order > 0) return TAKEN;
  if (order == 0 && !c.openStart) {
    if (!c.deduplicates || !c.startHashes.count) return TAKEN;
    if (!hashRecord(c, p, constants, hintAt(input, p), c.startHashes.width)) return REFUSED;
    // Others at the start may follow that have not been taken.
    return hasHash(c.startHashes, hash) ? LEFT_OUT : TAKEN;
  }
  pastStart = true;
  return LEFT_OUT;
}

function refuse(at: usize): u32 {
  fail(at, E_CURSOR_TYPE);
  return REFUSED;
}

/** Notes the record at p, which is in, or left out; false when it is left out. `moves`: its text is another soon. */
export function noteRecord(input: Input, p: usize, moves: bool): bool {
  const c = input.options.cursor;
  if (pastStart) input.pastStart = 1;
  if (pastEnd) input.pastEnd = 1;
  if (verdict != TAKEN) {
    input.left++;
    return false;
  }
  c.taken = 1;
  if (place > 0) {
    copyValue(value, c.last);
    forgetRecords(c);
    clearHashes(c.hashes, HASH_LENGTH);
    input.advanced = 1;
  }
  if (place >= 0 && c.deduplicates) keepRecord(c, p, input.options.constants, moves);
  return true;
}

/** To be called before the text that records were read from is gone. `failed`: the load is over, and its failure stays. */
export function settle(input: Input, failed: bool): void {
  const c = input.options.cursor;
  if (isNull(c) || !c.pending.len) return;
  if (failed) forgetRecords(c);
  else hashPending(input);
}
