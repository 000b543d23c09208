// Comma-separated text: a header, then a record after the other; empty lines are passed over.
import { recordLimit } from "../config/config";
import { rollbackRecord } from "../columns/rollback";
import { Field, isNull } from "../layout/field";
import { K_BOOL, K_DECIMAL, K_INT, K_TEXT } from "../layout/kinds";
import { valueInt, valueKind } from "../columns/value";
import { firstIn, nextAfter } from "../config/reader";
import { clearBuffer, newBuffer, putByte, putBytes, putText, reserve } from "../memory/buffer";
import { parseObject } from "../parse/object";
import { putJsonString } from "../parse/json-text";
import { ownRootId, setOwnIds, setSupplied } from "../parse/own-ids";
import { rootIdAt, setDrawn, setRootRow, writeExtra } from "../parse/root-row";
import { discardRow, refuseRoot, setKeysOnce } from "../contract/breach";
import { isBarred } from "../contract/modes";
import {
  clearFailure,
  E_DISCARD,
  E_RECORD,
  E_TABLE_CLASH,
  E_TABLES,
  E_UTF8,
  fail,
  failure,
} from "../scan/failure";
import { skipValue } from "../scan/skip";
import { decodeString } from "../scan/text";
import { firstInvalid } from "../scan/utf8";
import { writeRootId } from "../tables/ids";
import { newRow, nextRecord, tablesFull } from "../tables/table";
import { PADDING } from "../input/feed";
import { Input, Options } from "../input/input";
import { recordDone, recordFailed } from "../input/progress";
import { hasRequired, invalidAt, lacking, routed, setInvalidAt } from "../input/record";
import {
  afterRecord,
  cellLength,
  cellQuoted,
  cellText,
  closeText,
  countLines,
  delimiter,
  readCell,
  setDialect,
  setSkipped,
  skipped,
  skipRecord,
} from "./cells";
import { addName, Csv, fieldsIn, keyOf, resetNames } from "./csv";
import { endOfRow, readRow } from "./row";
import { LEFT_OUT, letIn, REFUSED, verdict, weigh } from "../cursor/weigh";
import { lookAt, SAMPLE, setCell } from "./sample";

/** Reads the records from p to `end`; `final`: nothing follows. Returns the first byte not read; 0 on failure. */
export function readRecords(input: Input, p: usize, end: usize, final: bool): usize {
  const csv = input.csv;
  const start = p;
  memory.fill(end, 0, PADDING);
  if (!csv.sampled) sample(input, p, end, final);
  setDialect(csv.delimiter, csv.quote);
  closeText(end);
  if (input.skippingLine) {
    setSkipped(csv.skipped);
    p = skipRecord(p, end);
    csv.skipped = skipped;
    if (p > end) return !final && end > start && <u32>load<u8>(end - 1) == 13 ? end - 1 : end;
    input.skippingLine = 0;
  }
  setOwnIds(false);
  setSupplied(true);
  while (p < end) {
    const c: u32 = load<u8>(p);
    if (c == 10 || c == 13 || csv.toSkip) {
      const next = csv.toSkip ? afterRecord(lineEnd(p)) : afterRecord(p);
      if (next > end && !final) break;
      if (csv.toSkip) csv.toSkip--;
      p = min(next, end);
      continue;
    }
    const isRecord = csv.named != 0;
    let q = isRecord ? readRecord(input, p, input.offset + (p - start)) : readHeader(csv, p, input.options);
    if (q > end && !final) {
      rollbackRecord();
      break;
    }
    q = min(q, end);
    if (q && invalidAt && invalidAt >= p && invalidAt < q) q = fail(invalidAt, E_UTF8);
    else if (q && q - p > recordLimit) q = fail(p, E_RECORD);
    if (q) {
      if (!isRecord) {
        csv.named = 1;
        if (input.options.header) p = q;
      } else if (recordDone(input, recordText.ptr, q - p)) p = q;
      else return q;
      continue;
    }
    rollbackRecord();
    setSkipped(0);
    q = skipRecord(p, end);
    if (q > end) {
      if (!final) break;
      q = end;
    }
    const isGood = !(invalidAt && invalidAt >= p && invalidAt < q) && q - p <= recordLimit;
    if (failure == E_DISCARD && isGood && isWellFormed(csv, p)) {
      discardRow();
      if (!recordDone(input, recordText.ptr, q - p)) return q;
      p = q;
      continue;
    }
    // Cut into chunks, it would not have been read so far.
    if (q - p > recordLimit) {
      clearFailure();
      fail(p, E_RECORD);
    }
    const lines = input.lines + countLines(start, p);
    if (!recordFailed(input, p, input.offset + (p - start), lines, q)) return 0;
    p = q;
    if (!isRecord) {
      // Without a header nothing can be told.
      input.done = 1;
      return end;
    }
    if (invalidAt && invalidAt < p) {
      const bad = firstInvalid(p, end - p);
      setInvalidAt(bad < end - p ? p + bad : 0);
    }
  }
  return p;
}

/** Whether the record at p, which the contract leaves out, can be read; its text is the record's then. */
function isWellFormed(csv: Csv, p: usize): bool {
  clearFailure();
  return writeRecord(csv, p, csv.fields) && endOfRow(recordEnd) != 0;
}

/** Position of the next line end. */
function lineEnd(p: usize): usize {
  while (load<u8>(p) != 10 && load<u8>(p) != 13) p++;
  return p;
}

function sample(input: Input, p: usize, end: usize, final: bool): void {
  const csv = input.csv;
  const size = SAMPLE - <usize>input.offset;
  const cut = end - p > size ? p + size : end;
  setDialect(csv.delimiter, csv.quote);
  const kept = load<u16>(cut);
  closeText(cut);
  for (let i = csv.toSkip; i && p < cut; i--) p = afterRecord(lineEnd(p));
  store<u16>(cut, kept);
  lookAt(csv, min(p, cut), cut, final && cut == end, input.options.header != 0);
}

/** Reads the names of the columns from the record at p, or only their count. Returns the position after it. */
function readHeader(csv: Csv, p: usize, options: Options): usize {
  clearFailure();
  nextRecord();
  resetNames(csv);
  let name = firstIn(options.columnNames);
  const given = name != 0;
  for (; name; name = nextAfter(name)) {
    clearBuffer(recordText);
    const text = reserve(recordText, skipValue(name, 0) - name + 64);
    addName(csv, text, decodeString(name + 1, text) - text);
  }
  while (true) {
    const q = readCell(p);
    if (!q) return 0;
    if (!given) addName(csv, cellText, options.header ? cellLength : 0);
    if (<u32>load<u8>(q) != delimiter) return afterRecord(q);
    p = q + 1;
  }
}

/** The record as JSON text, where paths into it are asked for. */
const recordText = newBuffer();
/** Where its last cell ends. */
let recordEnd: usize = 0;

/** Reads the record at p, whose first byte has the given offset in the input. Returns the position after it, 0 on
 *  failure; either way something of it may be in the tables. */
function readRecord(input: Input, p: usize, offset: u64): usize {
  const csv = input.csv;
  const options = input.options;
  clearFailure();
  nextRecord();
  let t = input.table;
  if (!isNull(options.route)) {
    if (!writeRecord(csv, p, 0)) return 0;
    t = routed(input, recordText.ptr);
    if (isNull(t)) return fail(p, tablesFull() ? E_TABLES : E_TABLE_CLASH);
  }
  if (t.contract) {
    if (isBarred(t)) {
      letIn();
      return refuseRoot(p, t);
    }
    setKeysOnce(true);
  }
  const fields = csv.table == t ? csv.fields : fieldsIn(csv, t, options.constants);
  if (!fields) return 0;
  const cursor = options.cursor;
  if (!isNull(cursor)) {
    if (!writeRecord(csv, p, fields) || weigh(input, recordText.ptr) == REFUSED) return 0;
    if (verdict == LEFT_OUT) return endOfRow(recordEnd);
  }
  const row = newRow(t);
  writeRootId(t, row, input.ordinal, offset);
  setRootRow(t, row);
  setDrawn(rootIdAt());
  const q = readRow(p, t, fields, csv.count, row);
  if (!q) return 0;
  if (t.extra) writeExtra(t, row, p);
  if (t.rowId && (!writeRecord(csv, p, fields) || !ownRootId(recordText.ptr, options.constants, t, row)))
    return 0;
  if (options.constants && !parseObject(options.constants, t.shape, row)) return 0;
  if ((t.required || t.requiredHints) && !hasRequired(t)) return fail(p, lacking);
  if (!isNull(options.recordCaptures) || !isNull(cursor)) writeRecord(csv, p, fields);
  return q;
}

/** Writes the record at p as JSON: cells as their columns in `fields` are, text where there is none. */
function writeRecord(csv: Csv, p: usize, fields: usize): bool {
  clearBuffer(recordText);
  for (let i: u32 = 0; i < csv.count; i++) {
    putByte(recordText, i ? 44 : 123);
    const key = keyOf(csv, i);
    putBytes(recordText, key, keyOf(csv, i + 1) - key);
    const q = p ? readCell(p) : 0;
    if (p && !q) return false;
    if (q) recordEnd = q;
    if (!q || (!cellLength && !cellQuoted)) putText(recordText, "null");
    else {
      const kind: u32 = fields ? load<Field>(fields + ((<usize>i) << 2)).kind : 0;
      setCell(cellText, cellLength);
      if (kind == K_BOOL && valueKind == K_BOOL) putText(recordText, valueInt ? "true" : "false");
      else if (kind && valueKind != K_BOOL && valueKind != K_TEXT && (kind - K_INT < 2 || kind == K_DECIMAL))
        putBytes(recordText, cellText, cellLength);
      else putJsonString(recordText, cellText, cellLength);
    }
    p = q && <u32>load<u8>(q) == delimiter ? q + 1 : 0;
  }
  putByte(recordText, 125);
  memory.fill(reserve(recordText, 64), 0, 64);
  return true;
}

/** The record from p to `end`, and what is still to come of it, is too large: it is passed over. */
export function passOverRecord(input: Input, p: usize, end: usize): void {
  const csv = input.csv;
  input.lines += countLines(p, end);
  input.skippingLine = 1;
  // Without a header nothing can be told.
  if (!csv.named) input.done = 1;
  setDialect(csv.delimiter, csv.quote);
  setSkipped(0);
  skipRecord(p, end);
  csv.skipped = skipped;
}
