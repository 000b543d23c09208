// One record: parsed, checked, kept or undone.
import { recordLimit, rootTableNamed } from "../config/config";
import { normalizeValue, routeText, routeLength } from "./route";
import { Buffer, clearBuffer, newBuffer, putByte, putText, reserve } from "../memory/buffer";
import { Cold, cold, F_NULLABLE, F_VARIANT, Field, isNull, Table } from "../layout/field";
import { putNumberAside } from "../parse/number";
import { coldBool, coldLiteral, coldNull, coldString, rewritten, setRewritten } from "../parse/cold";
import { coldList } from "../parse/cold-containers";
import { valueFieldOf } from "../parse/element";
import { putJsonString, writeJson, writeObject } from "../parse/json-text";
import { parseObject } from "../parse/object";
import { ownIds, ownRootId, setOwnIds, setSupplied } from "../parse/own-ids";
import { rootIdAt, setDrawn, setRootRow, writeExtra } from "../parse/root-row";
import { findColumn } from "../columns/column";
import { breachAt, discardRow, refuseRoot, setKeysOnce } from "../contract/breach";
import { discardsRows, isBarred, NEW_TABLE } from "../contract/modes";
import { keepName, nameLength, normalizedName } from "../columns/name";
import { rollbackRecord } from "../columns/rollback";
import {
  clearFailure,
  E_CONTRACT,
  E_DISCARD,
  E_DUPLICATE,
  E_KEY_TYPE,
  E_NULL,
  E_OWN_ID,
  E_RECORD,
  E_TABLE_CLASH,
  E_TABLES,
  E_UTF8,
  fail,
  failColumn,
  failedAt,
  failure,
} from "../scan/failure";
import { skipValue } from "../scan/skip";
import { firstTable, nestedRequired, newRow, nextRecord, recordSerial, tablesFull } from "../tables/table";
import { writeRootId } from "../tables/ids";
import { watchedAt } from "../tables/shape";
import { skipValue } from "../scan/skip";
import { beginTrial, closeTrial, endTrial, metNew, trialFailed } from "../cursor/trial";
import { REFUSED, TAKEN, weigh, weighMember } from "../cursor/weigh";
import { Input } from "./input";
import { findValue, foundEnd, passed, passedFrom, pathAt, Paths } from "./path";

/** First byte of the text at hand that is not UTF-8; 0 when there is none. */
export let invalidAt: usize = 0;
export function setInvalidAt(p: usize): void {
  invalidAt = p;
}

const rewrittenText = newBuffer();

/** Parses the record at p, whose first byte has the given offset in the input. On failure returns 0 with nothing of
 *  it left in the tables; `failure` and `failedAt` say what and where. */
export function parseRecord(input: Input, p: usize, offset: u64): usize {
  setOwnIds(input.ownIds != 0);
  setSupplied(input.ownIds != 0);
  const end = isNull(input.options.cursor) ? taken(input, p, offset) : weighed(input, p, offset);
  if (end && invalidAt && invalidAt < end && invalidAt >= p) {
    rollbackRecord();
    return fail(invalidAt, E_UTF8);
  }
  if (end && end - p > recordLimit) {
    rollbackRecord();
    return fail(p, E_RECORD);
  }
  return end;
}

function taken(input: Input, p: usize, offset: u64): usize {
  let end = attempt(input, p, p, offset);
  if (!end && failure == E_DUPLICATE) end = withoutDuplicates(input, p, offset);
  return !end && failure == E_DISCARD ? discarded(p) : end;
}

/** Parses the record at p if the cursor lets it in. */
function weighed(input: Input, p: usize, offset: u64): usize {
  const end = tried(input, p, offset);
  if (end) return end;
  nextRecord();
  isTaken = weigh(input, p) == TAKEN;
  return isTaken ? taken(input, p, offset) : leftOut(p);
}

/** The record before was taken: so will be the next. */
let isTaken: bool = true;

/** Parses the record at p before it is weighed (cursor/trial). Returns 0, with nothing of it in the tables, when that does
 *  not tell what becomes of it. */
function tried(input: Input, p: usize, offset: u64): usize {
  const options = input.options;
  const t = input.table;
  if (!isTaken || options.constants || !isNull(options.route) || t.contract & ~NEW_TABLE) return 0;
  if (!beginTrial(options.cursor, t.shape)) return 0;
  clearFailure();
  nextRecord();
  if (t.rowId) setOwnIds(true);
  const end = parseRoot(input, t, p, offset);
  endTrial();
  const isWhole = end != 0 && !metNew;
  const weight = isWhole ? weighMember(input, p, watchedAt) : REFUSED;
  if (weight != TAKEN) rollbackRecord();
  closeTrial();
  if (weight == REFUSED) {
    trialFailed(options.cursor);
    clearFailure();
    setOwnIds(input.ownIds != 0);
    return 0;
  }
  options.cursor.misses = 0;
  isTaken = weight == TAKEN;
  return end;
}

/** The record at p is not taken, unless its text is at fault or incomplete. Returns the position after it. */
function leftOut(p: usize): usize {
  const code = failure;
  const at = failedAt;
  clearFailure();
  if (!code && passed && passedFrom == p) return passed;
  const end = skipValue(p, 0);
  if (!end || !code) return end;
  return fail(at, code);
}

/** Parses the text at p (a rewriting of the record at `source`, or the record itself). */
function attempt(input: Input, p: usize, source: usize, offset: u64): usize {
  clearFailure();
  nextRecord();
  const t = isNull(input.options.route) ? input.table : routed(input, source);
  if (isNull(t)) return fail(source, tablesFull() ? E_TABLES : E_TABLE_CLASH);
  if (t.contract) {
    if (isBarred(t)) return refuseRoot(p, t);
    setKeysOnce(rewritten);
  }
  if (t.rowId) setOwnIds(true);
  let end = parseRoot(input, t, p, offset);
  if (end) return end;
  rollbackRecord();
  if (failure != E_OWN_ID) return 0;
  // From here on the input's records are expected to bring their ids.
  input.ownIds = 1;
  setOwnIds(true);
  setSupplied(true);
  clearFailure();
  nextRecord();
  end = parseRoot(input, t, p, offset);
  if (!end) rollbackRecord();
  return end;
}

function withoutDuplicates(input: Input, p: usize, offset: u64): usize {
  clearFailure();
  clearBuffer(rewrittenText);
  // A constant takes the place of a member with its key, as what dlt includes from a parent does.
  const end =
    load<u8>(p) == 123
      ? writeObject(p + 1, rewrittenText, 1, input.options.constants)
      : writeJson(p, rewrittenText, 0);
  if (!end) return 0;
  memory.fill(reserve(rewrittenText, 128), 0, 128);
  setRewritten(true);
  const parsed = attempt(input, rewrittenText.ptr, p, offset);
  setRewritten(false);
  if (parsed) return end;
  // A failure that is left is not one of syntax; the place is the record.
  const code = failure;
  clearFailure();
  return fail(code == E_CONTRACT && breachAt ? breachAt : p, code);
}

/** The record at p is left out by the contract: it has to be JSON all the same. */
function discarded(p: usize): usize {
  clearFailure();
  const end = skipValue(p, 0);
  if (end) discardRow();
  return end;
}

function parseRoot(input: Input, t: Table, p: usize, offset: u64): usize {
  const c: u32 = load<u8>(p);
  const row = newRow(t);
  writeRootId(t, row, input.ordinal, offset);
  setRootRow(t, row);
  setDrawn(rootIdAt());
  const lacksKey = ownIds && !ownRootId(p, input.options.constants, t, row);
  if (lacksKey) {
    // Where the contract leaves the row out, it needs no key.
    if (failure != E_NULL || !discardsRows(t.contract) || c != 123) return 0;
    clearFailure();
  }
  if (t.extra) writeExtra(t, row, p);
  if (c == 123) {
    const end = parseObject(p + 1, t.shape, row);
    if (!end) return 0;
    if (!rewritten && input.options.constants && !parseObject(input.options.constants, t.shape, row))
      return 0;
    if (lacksKey) return ownRootId(p, input.options.constants, t, row) ? end : 0;
    if ((t.required || t.requiredHints) && !hasRequired(t)) return fail(p, lacking);
    return nestedRequired && !haveRequired() ? fail(p, lacking) : end;
  }
  const f = valueFieldOf(t);
  let end: usize = 0;
  if (c == 34) end = coldString(p + 1, f, row);
  else if (c == 91) end = coldList(p, f, row);
  else if (c - 48 < 10 || c == 45) end = putNumberAside(p, f, row);
  else end = putItemLiteral(p, f, row);
  if (end && input.options.constants && !parseObject(input.options.constants, t.shape, row)) return 0;
  return end;
}

function putItemLiteral(p: usize, f: Field, row: u32): usize {
  const word = load<u32>(p);
  if (word == 0x6c6c756e) return coldNull(p, f, row);
  if (word == 0x65757274) return coldBool(p, f, row, 1);
  if (word == 0x736c6166 && load<u8>(p, 4) == 101) return coldBool(p, f, row, 0);
  return coldLiteral(p);
}

/** Whether the tables that the record's lists fill have what they must have. */
function haveRequired(): bool {
  for (let t = firstTable; !isNull(t); t = t.next)
    if (t.record == recordSerial && (t.required || t.requiredHints) && !hasRequired(t)) return false;
  return true;
}

/** Why a row lacked a value: {@link E_NULL}, or {@link E_KEY_TYPE} when it went to a variant. */
export let lacking: u32 = E_NULL;

/** Whether every column that must not be null has a value in the record's rows; else the failure names one. */
export function hasRequired(t: Table): bool {
  lacking = E_NULL;
  if (t.boundHints < t.requiredHints) {
    failUnbound(t);
    return false;
  }
  let c = t.columns;
  while (!isNull(c)) {
    const k = cold(c);
    if ((k.flags & F_NULLABLE) == 0 && (c.len != t.rows || k.runStart > t.recordStart)) {
      failColumn(t, k.name, k.nameLength);
      if (wentToVariant(t, k)) lacking = E_KEY_TYPE;
      return false;
    }
    c = k.nextColumn;
  }
  return true;
}

function wentToVariant(t: Table, column: Cold): bool {
  for (let c = t.columns; !isNull(c); c = cold(c).nextColumn) {
    const k = cold(c);
    const n = column.nameLength;
    const isVariant =
      (k.flags & F_VARIANT) != 0 && k.nameLength > n && c.len == t.rows && k.runStart < t.rows;
    if (isVariant && memory.compare(k.name, column.name, n) == 0 && load<u32>(k.name + n) == 0x5f765f5f)
      return true;
  }
  return false;
}

/** Names a column that hints ask for and no record has brought. */
function failUnbound(t: Table): void {
  for (let h = t.hint.child; !isNull(h); h = h.sibling) {
    if (!h.set || h.nullable || h.drop) continue;
    const name = h.asLength ? normalizedName(h.as, h.asLength) : normalizedName(h.key, h.keyLength);
    if (isNull(findColumn(t, name, nameLength))) {
      failColumn(t, keepName(name, nameLength), nameLength);
      return;
    }
  }
}

/** The table the record's routing value names; the input's own where it names none. */
export function routed(input: Input, p: usize): Table {
  const at = findValue(p, input.options.route);
  clearFailure();
  if (!at || !normalizeValue(at, foundEnd)) return input.table;
  return rootTableNamed(routeText, routeLength, input.table.hint);
}

/** Appends the captured values of the record at p: `["<JSON text>", null]`. */
export function captureRecord(input: Input, p: usize): void {
  const paths = input.options.recordCaptures;
  const out = input.recordValues;
  if (out.len) putByte(out, 44);
  putByte(out, 91);
  for (let i: u32 = 0; i < paths.count; i++) {
    if (i) putByte(out, 44);
    putCaptured(out, p, paths, i);
  }
  putByte(out, 93);
}

const captured = newBuffer();

function putCaptured(out: Buffer, p: usize, paths: Paths, i: u32): void {
  const at = findValue(p, pathAt(paths, i));
  if (!at) {
    putText(out, "null");
    return;
  }
  clearBuffer(captured);
  writeJson(at, captured, 0);
  putJsonString(out, captured.ptr, captured.len);
}
