// Chunks in: what is complete is read in place, the rest is carried to the next chunk.
import { quarantine, recordLimit } from "../config/config";
import { clearBuffer, putBytes, reserve } from "../memory/buffer";
import { clearFailure, E_EMPTY, E_RECORD, E_TRUNCATED, fail } from "../scan/failure";
import { firstInvalid, isUtf8, wholeCharacters } from "../scan/utf8";
import { FINISHED, incomplete, linesBefore, openDocument, readDocument } from "./document";
import { countLines } from "../csv/cells";
import { passOverRecord, readRecords } from "../csv/read";
import { SAMPLE } from "../csv/sample";
import { FORMAT_AUTO, FORMAT_CSV, FORMAT_JSON, FORMAT_NDJSON, Input } from "./input";
import { lastLineEnd, readLines } from "./ndjson";
import { settle } from "../cursor/weigh";
import { recordFailed } from "./progress";
import { setInvalidAt } from "./record";

/** Bytes that may be written before and after a chunk given to {@link push}. */
export const HEADROOM: usize = 262144;
export const PADDING: usize = 128;

/** Feeds n bytes at p; HEADROOM bytes before and PADDING bytes behind them are free. False on failure. */
export function push(input: Input, p: usize, n: usize): bool {
  const carry = input.carry;
  let start = p;
  let end = p + n;
  const waiting = (carry.len != 0 || isSampling(input)) && waits(input, p, n);
  if (waiting || carry.len > HEADROOM - PADDING) {
    putBytes(carry, p, n);
    if (waiting) return withinLimit(input);
    reserve(carry, PADDING);
    start = carry.ptr;
    end = start + carry.len;
  } else if (carry.len) {
    start -= carry.len;
    memory.copy(start, carry.ptr, carry.len);
  }
  let rest = start;
  if (input.markSeen || end - start >= 3 || load<u8>(start) != 0xef) {
    if (!input.markSeen) start = afterMark(start, end, input);
    rest = read(input, start, end, false);
    settle(input, !rest);
    if (!rest) return false;
  }
  const left = end - rest;
  if (rest != carry.ptr || left != carry.len) {
    reserve(carry, left > carry.len ? left - carry.len : 0);
    memory.copy(carry.ptr, rest, left);
    carry.len = left;
  }
  input.retryAt = left * 2;
  return withinLimit(input);
}

/** Whether the carried text is still incomplete with the chunk: no newline has come, or it has not grown enough for
 *  another try (so that trying stays linear in the size of the record). */
function waits(input: Input, p: usize, n: usize): bool {
  if (input.done) return false;
  if (isSampling(input)) return input.carry.len + n < SAMPLE;
  if (input.format == FORMAT_NDJSON) return lastLineEnd(p, p + n) == 0;
  return input.carry.len + n < input.retryAt;
}

/** Comma-separated text of which too little has come. */
function isSampling(input: Input): bool {
  return input.format == FORMAT_CSV && !input.csv.sampled;
}

/** Position after a byte order mark. The mark counts in offsets. */
function afterMark(p: usize, end: usize, input: Input): usize {
  input.markSeen = 1;
  if (end - p < 3 || (load<u32>(p) & 0xffffff) != 0xbfbbef) return p;
  input.offset = 3;
  return p + 3;
}

function withinLimit(input: Input): bool {
  const carry = input.carry;
  if (carry.len <= recordLimit || isSampling(input)) return true;
  const isCsv = input.format == FORMAT_CSV;
  const end = carry.ptr + carry.len;
  // Whether it is a line's end the next byte will tell.
  if (isCsv && <u32>load<u8>(end - 1) == 13) return true;
  if (!input.skippingLine) {
    clearFailure();
    fail(carry.ptr, E_RECORD);
    if (!recordFailed(input, carry.ptr, input.offset, input.lines, end)) return false;
    if (input.format == FORMAT_NDJSON) input.skippingLine = 1;
    else if (isCsv) passOverRecord(input, carry.ptr, end);
    else input.done = 1;
  }
  input.offset += carry.len;
  clearBuffer(carry);
  return true;
}

/** Reads what is complete of p..end. Returns the first byte not read, 0 on failure. */
function read(input: Input, p: usize, end: usize, final: bool): usize {
  if (input.skippingLine && input.format == FORMAT_NDJSON) {
    while (p < end && load<u8>(p) != 10) p++;
    if (p < end) {
      input.skippingLine = 0;
      input.lines++;
      input.offset += 1;
      p++;
    }
  }
  const whole = final ? end - p : wholeCharacters(p, end - p);
  setInvalidAt(isUtf8(p, whole) ? 0 : p + firstInvalid(p, whole));
  while (true) {
    if (input.done) {
      input.offset += end - p;
      return end;
    }
    let q: usize;
    if (input.format == FORMAT_NDJSON) {
      let stop = end;
      if (final) {
        store<u8>(end, 10);
        stop++;
      } else {
        stop = lastLineEnd(p, end);
        if (!stop) return p;
      }
      q = readLines(input, p, stop);
      if (!q) return 0;
      if (q > end) q = end;
      input.offset += q - p;
      if (!input.done) return q;
    } else if (input.format == FORMAT_CSV) {
      q = readRecords(input, p, end, final);
      if (!q) return 0;
      input.lines += countLines(p, q);
      input.offset += q - p;
      if (!input.done) return q;
    } else {
      if (!input.opened) openDocument(input);
      memory.fill(end, 0, PADDING);
      q = readDocument(input, p, end, final);
      if (!q) return 0;
      input.lines = linesBefore(input, p, q);
      input.offset += q - p;
      if (!input.done && input.format != FORMAT_NDJSON) return q;
    }
    p = q;
  }
}

/** The input ends. False on failure. */
export function finish(input: Input): bool {
  const carry = input.carry;
  reserve(carry, PADDING);
  // A last line without a newline must not read into what the buffer held before.
  memory.fill(carry.ptr + carry.len, 0, PADDING);
  const start = input.markSeen ? carry.ptr : afterMark(carry.ptr, carry.ptr + carry.len, input);
  const rest = read(input, start, carry.ptr + carry.len, true);
  settle(input, !rest);
  if (!rest) return false;
  if (input.done || input.format == FORMAT_NDJSON || input.format == FORMAT_CSV || input.state == FINISHED)
    return true;
  if (input.format == FORMAT_AUTO && input.depth == 0) return true;
  clearFailure();
  fail(rest, input.offset == 0 ? E_EMPTY : E_TRUNCATED);
  return recordFailed(input, rest, input.offset, input.lines, rest);
}
