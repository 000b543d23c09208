// One JSON document, walked a token at a time outside its records, so that a list of records streams whatever its size.
// Captured values are taken on the way; everything else is passed over, but checked.
import { allocBlock, allocStruct } from "../memory/arena";
import { isNull } from "../layout/field";
import { quarantine } from "../config/config";
import { rollbackRecord } from "../columns/rollback";
import { clearBuffer, newBuffer } from "../memory/buffer";
import {
  clearFailure,
  E_COLON,
  E_DEPTH,
  E_KEY,
  E_LIST_END,
  E_OBJECT_END,
  E_SELECTOR,
  E_TRAILING,
  E_TRUNCATED,
  E_UTF8,
  fail,
  failedAt,
  failure,
  isSyntaxFailure,
} from "../scan/failure";
import { getDepthLimit, skipKey, skipValue } from "../scan/skip";
import { setNewlineIsSpace, skipSpace } from "../scan/text";
import { writeJson } from "../parse/json-text";
import { FORMAT_AUTO, FORMAT_NDJSON, Input } from "./input";
import { findValue, isEveryElement, isStep, pathAt } from "./path";
import { recordDone, recordFailed } from "./progress";
import { firstInvalid } from "../scan/utf8";
import { invalidAt, parseRecord, setInvalidAt } from "./record";

const EXPECT_VALUE: u32 = 0;
const AFTER_VALUE: u32 = 1;
const EXPECT_KEY: u32 = 2;
/** Right after `{` or `[`. */
const OPENED: u32 = 3;
export const FINISHED: u32 = 4;

/** A container the walk is inside of: which records step its children are at (-1: none below it), which captures
 *  are still on their way, whether it is a list, whether its elements are the records. */
@unmanaged
class Level {
  step: i32;
  captures: u32;
  isList: u32;
  isRecords: u32;
}

const LEVEL: usize = 16;
/** Bytes from which on an unwanted value is passed over piece by piece. */
const LARGE: usize = 65536;

/** The last token needs more bytes than there are. */
export let incomplete: bool = false;

// Role of the value expected next.
let step: i32 = 0;
let captures: u32 = 0;

function top(input: Input): Level {
  return changetype<Level>(input.levels + (<usize>input.depth - 1) * LEVEL);
}

export function openDocument(input: Input): void {
  if (!input.levels) input.levels = allocStruct((<usize>getDepthLimit() + 2) * LEVEL);
  input.opened = 1;
  input.state = EXPECT_VALUE;
}

/** Role of a document's outermost value, or of a member or element of the level at the top. */
function roleOfRoot(input: Input): void {
  step = 0;
  captures = isNull(input.options.captures) ? 0 : (1 << input.options.captures.count) - 1;
}

function stepCount(input: Input): i32 {
  return isNull(input.options.selector) ? 0 : <i32>input.options.selector.count;
}

function roleOfMember(input: Input, key: usize): void {
  const level = top(input);
  step = level.step >= 0 && isStep(input.options.selector, level.step, key) ? level.step + 1 : -1;
  captures = 0;
  for (let i: u32 = 0; level.captures >>> i; i++)
    if ((level.captures >>> i) & 1 && isStep(pathAt(input.options.captures, i), input.depth - 1, key))
      captures |= 1 << i;
}

function roleOfElement(input: Input): void {
  const level = top(input);
  step = level.step >= 0 && isEveryElement(input.options.selector, level.step) ? level.step + 1 : -1;
  captures = 0;
  for (let i: u32 = 0; level.captures >>> i; i++)
    if ((level.captures >>> i) & 1 && isEveryElement(pathAt(input.options.captures, i), input.depth - 1))
      captures |= 1 << i;
}

/** Reads the document on from p. Returns the position up to which it was read; 0 on failure. `final`: nothing follows. */
export function readDocument(input: Input, p: usize, end: usize, final: bool): usize {
  setNewlineIsSpace(true);
  incomplete = false;
  const start = p;
  while (true) {
    const from = p;
    p = skipSpace(p);
    if (p > end) p = end;
    if (input.state == FINISHED) noteNewline(input, from, p);
    if (p == end) return end;
    if (input.state == FINISHED) return finished(input, start, p, end);
    clearFailure();
    let q = advanceToken(input, start, p, end, final);
    if (q && invalidAt && invalidAt >= p && invalidAt < q) {
      clearFailure();
      q = fail(invalidAt, E_UTF8);
    }
    if (!q) {
      if (failure && isCut(end) && !final) {
        incomplete = true;
        return p;
      }
      if (failedAt >= end) {
        clearFailure();
        fail(end, E_TRUNCATED);
      }
      if (input.format == FORMAT_AUTO && input.records == 0 && input.depth == 0 && looksLikeLines(p, end)) {
        input.format = FORMAT_NDJSON;
        return p;
      }
      if (!recordFailed(input, p, input.offset + (p - start), linesBefore(input, start, p), end)) return 0;
      // What is left of a broken document cannot be told into records.
      input.done = 1;
      return end;
    }
    p = q;
    if (input.done || input.format == FORMAT_NDJSON) return p;
  }
}

/** Whether the failure may be of the text ending too early: tokens look at most 16 bytes ahead. */
function isCut(end: usize): bool {
  return failedAt + 16 >= end;
}

export function linesBefore(input: Input, from: usize, to: usize): u64 {
  let n = input.lines;
  for (let p = from; p < to; p++) if (load<u8>(p) == 10) n++;
  return n;
}

/** The first line is no document by itself, the second begins one: lines it is. */
function looksLikeLines(p: usize, end: usize): bool {
  while (p < end && load<u8>(p) != 10) p++;
  const c: u32 = p + 1 < end ? load<u8>(p + 1) : 0;
  return c == 123 || c == 91;
}

/** A newline after the document may mean that it was a line. */
function noteNewline(input: Input, from: usize, to: usize): void {
  for (let p = from; p < to; p++) if (load<u8>(p) == 10) input.newlineAfter = 1;
}

/** Something follows the document: more lines when the format was to be found out, else an error. */
function finished(input: Input, start: usize, p: usize, end: usize): usize {
  if (input.format == FORMAT_AUTO && isNull(input.options.selector) && input.newlineAfter && !input.isList) {
    input.format = FORMAT_NDJSON;
    return p;
  }
  clearFailure();
  fail(p, E_TRAILING);
  if (!recordFailed(input, p, input.offset + (p - start), linesBefore(input, start, p), end)) return 0;
  input.done = 1;
  return end;
}

/** Reads one token or record at p. Returns the position after it, 0 on failure. */
function advanceToken(input: Input, start: usize, p: usize, end: usize, final: bool): usize {
  const c: u32 = load<u8>(p);
  const state = input.state;
  if (state == EXPECT_VALUE) {
    if (input.depth == 0) roleOfRoot(input);
    else if (top(input).isList) roleOfElement(input);
    return readValue(input, start, p, c, end, final);
  }
  const level = top(input);
  const close: u32 = level.isList ? 93 : 125;
  if (state == AFTER_VALUE) {
    if (c == close) return leave(input, p);
    if (c != 44) return fail(p, level.isList ? E_LIST_END : E_OBJECT_END);
    input.state = level.isList ? EXPECT_VALUE : EXPECT_KEY;
    return p + 1;
  }
  if (state == OPENED) {
    if (c == close) return leave(input, p);
    if (level.isList) {
      input.state = EXPECT_VALUE;
      return p;
    }
  }
  // A key is read together with its value: the value's role hangs on it.
  const value = skipKey(p);
  if (!value) return 0;
  if (value >= end) return fail(end, E_TRUNCATED);
  roleOfMember(input, p + 1);
  const before = input.state;
  const q = readValue(input, start, value, load<u8>(value), end, final);
  if (!q && input.state != before) input.state = before;
  return q;
}

function leave(input: Input, p: usize): usize {
  input.depth--;
  input.state = input.depth ? AFTER_VALUE : FINISHED;
  return p + 1;
}

function readValue(input: Input, start: usize, p: usize, c: u32, end: usize, final: bool): usize {
  const inRecords = input.depth != 0 && top(input).isRecords != 0;
  if (inRecords) return readRecord(input, start, p, end, final);
  if (step >= 0 && step == stepCount(input)) {
    input.matched = 1;
    if (c == 91) {
      if (input.depth == 0) input.isList = 1;
      return enter(input, p, true);
    }
    if (c == 110 && input.depth) return passOver(input, p, end, final);
    if (c != 123 && stepCount(input)) return fail(p, E_SELECTOR);
    return readRecord(input, start, p, end, final);
  }
  const wanted = completed(input);
  if (wanted) return capture(input, p, wanted, end, final);
  if (step < 0 && !captures) return passOver(input, p, end, final);
  if (c == 123 || c == 91) return enter(input, p, false);
  return passOver(input, p, end, final);
}

function enter(input: Input, p: usize, isRecords: bool): usize {
  if (input.depth >= getDepthLimit()) return fail(p, E_DEPTH);
  input.depth++;
  const level = top(input);
  level.isList = load<u8>(p) == 91 ? 1 : 0;
  level.isRecords = isRecords ? 1 : 0;
  level.step = isRecords ? -1 : step;
  level.captures = captures;
  input.state = OPENED;
  return p + 1;
}

function valueRead(input: Input): void {
  input.state = input.depth ? AFTER_VALUE : FINISHED;
}

function readRecord(input: Input, start: usize, p: usize, end: usize, final: bool): usize {
  const q = parseRecord(input, p, input.offset + (p - start));
  if (!q) {
    if (!quarantine || isCut(end) || isSyntaxFailure(failure)) return 0;
    return setAside(input, start, p, end);
  }
  if (q >= end && !final && load<u8>(p) != 123 && load<u8>(p) != 91) {
    // A number at the end of the text may go on.
    rollbackRecord();
    return fail(end, E_TRUNCATED);
  }
  if (input.depth == 0 && !isNull(input.options.captures)) captureWithin(input, p);
  recordDone(input, p, q - p);
  valueRead(input);
  return q;
}

/** The whole document is one record: its captures are looked up in it. */
function captureWithin(input: Input, p: usize): void {
  for (let i: u32 = 0; i < input.options.captures.count; i++) {
    const at = findValue(p, pathAt(input.options.captures, i));
    if (!at) continue;
    clearBuffer(text);
    writeJson(at, text, 0);
    keepCaptured(input, i);
  }
}

function keepCaptured(input: Input, i: u32): void {
  const kept = allocBlock(text.len + 1);
  memory.copy(kept, text.ptr, text.len);
  store<usize>(input.captured + ((<usize>i) << 3), kept);
  store<u32>(input.captured + ((<usize>i) << 3), <u32>text.len, 4);
}

/** A record that fails for what it says, not how: the document goes on behind it. */
function setAside(input: Input, start: usize, p: usize, end: usize): usize {
  const code = failure;
  const at = failedAt;
  clearFailure();
  const q = skipValue(p, 0);
  clearFailure();
  fail(at, code);
  if (!q || q >= end) return 0;
  recordFailed(input, p, input.offset + (p - start), linesBefore(input, start, p), end);
  if (invalidAt && invalidAt < q) {
    const bad = firstInvalid(q, end - q);
    setInvalidAt(bad < end - q ? q + bad : 0);
  }
  valueRead(input);
  return q;
}

/** Position after an unwanted value; large containers are entered instead. */
function passOver(input: Input, p: usize, end: usize, final: bool): usize {
  const c: u32 = load<u8>(p);
  const q = skipValue(p, input.depth);
  if (q && (q < end || final || c == 123 || c == 91 || c == 34)) {
    valueRead(input);
    return q;
  }
  if (q) return fail(end, E_TRUNCATED);
  if ((c == 123 || c == 91) && isCut(end) && end - p > LARGE) {
    clearFailure();
    step = -1;
    captures = 0;
    return enter(input, p, false);
  }
  return 0;
}

/** The captures whose path ends at the value at hand. */
function completed(input: Input): u32 {
  let wanted: u32 = 0;
  for (let i: u32 = 0; captures >>> i; i++)
    if ((captures >>> i) & 1 && pathAt(input.options.captures, i).count == input.depth) wanted |= 1 << i;
  return wanted;
}

const text = newBuffer();

function capture(input: Input, p: usize, wanted: u32, end: usize, final: bool): usize {
  clearBuffer(text);
  const c: u32 = load<u8>(p);
  const q = writeJson(p, text, input.depth);
  if (!q) return 0;
  if (q >= end && !final && c != 123 && c != 91 && c != 34) return fail(end, E_TRUNCATED);
  for (let i: u32 = 0; wanted >>> i; i++) if ((wanted >>> i) & 1) keepCaptured(input, i);
  valueRead(input);
  return q;
}
