// What the beginning of a text tells of the rest: the dialect (from its first 64 KB) and the types of the columns (from
// its first MB). The sample depends on the bytes only, never on how they were cut into chunks.
import { K_BOOL, K_DECIMAL, K_DOUBLE, K_INT, K_NONE, K_TEXT, K_TIMESTAMP } from "../layout/kinds";
import { reserve } from "../memory/buffer";
import { numDouble, numInt, numKind, parseNumber } from "../number/parse-number";
import { isExactDouble } from "../columns/column";
import { setDouble, setInt, setValue, valueKind } from "../columns/value";
import { fitsDecimal } from "../columns/bind";
import { clearFailure } from "../scan/failure";
import { parseTimestamp } from "../time/iso8601";
import {
  cellLength,
  cellQuoted,
  cellText,
  closeText,
  delimiter,
  readCell,
  setDialect,
  setSkipped,
  skipRecord,
} from "./cells";
import { Csv } from "./csv";

/** Bytes of the sample. */
export const SAMPLE: usize = 1048576;


@inline const DIALECT_SAMPLE: usize = 65536;

// What cells of a column may be, as bits.
@inline const INT: u32 = 1;
/** An integer that is not exact as a double. */
@inline const LONG: u32 = 2;
/** An integer of more than 64 bits. */
@inline const WIDE: u32 = 4;


@inline const DOUBLE: u32 = 8;


@inline const BOOL: u32 = 16;


@inline const TIMESTAMP: u32 = 32;


@inline const TEXT: u32 = 64;
/** Quoted, and nothing between the quotes. */
@inline const EMPTY: u32 = 128;

/** Makes the n bytes at p, a cell, the value at hand. Numbers are those of JSON, so `007` and `+1` are text. */
export function setCell(p: usize, n: usize): void {
  const first: u32 = load<u8>(p);
  if (first - 48 < 10 || first == 45) {
    if (parseNumber(p, p + n) == p + n && (numKind != 2 || numDouble - numDouble == 0)) {
      setValue(numKind == 0 ? K_INT : numKind == 1 ? K_DECIMAL : K_DOUBLE, p, <u32>n);
      setInt(numInt);
      setDouble(numDouble);
      if (numKind != 1 || fitsDecimal()) return;
    }
  } else if (n - 4 < 2) {
    // true and false in letters of any case
    const word = load<u32>(p) | 0x20202020;
    const isTrue = n == 4 && word == 0x65757274;
    if (isTrue || (n == 5 && word == 0x736c6166 && ((<u32>load<u8>(p, 4)) | 32) == 101)) {
      setValue(K_BOOL, p, <u32>n);
      setInt(<i64>isTrue);
      return;
    }
  }
  setValue(K_TEXT, p, <u32>n);
}

/** What the cell just read may be. */
function voteOf(): u32 {
  if (!cellLength) return cellQuoted ? EMPTY : 0;
  setCell(cellText, cellLength);
  switch (valueKind) {
    case K_INT:
      return isExactDouble(numInt) ? INT : INT | LONG;
    case K_DECIMAL:
      return WIDE;
    case K_DOUBLE:
      return DOUBLE;
    case K_BOOL:
      return BOOL;
    default:
      return parseTimestamp(cellText, <u32>cellLength) ? TIMESTAMP : TEXT;
  }
}

/** The kind a column's cells have in common, text when there is none; K_NONE when all are empty. */
export function kindOf(csv: Csv, column: u32): u32 {
  if (csv.textOnly) return K_TEXT;
  if (<usize>column >= csv.votes.len) return K_NONE;
  const votes: u32 = load<u8>(csv.votes.ptr + column);
  const values = votes & ~EMPTY;
  if (!values) return votes ? K_TEXT : K_NONE;
  if (values == BOOL) return K_BOOL;
  if (values == TIMESTAMP) return K_TIMESTAMP;
  if (values > 15 || (values & DOUBLE && values & (LONG | WIDE))) return K_TEXT;
  return values & DOUBLE ? K_DOUBLE : values & WIDE ? K_DECIMAL : K_INT;
}

/** Collects what the cells from p to `end` are; `whole`: the text ends there, else its last cell may be cut. */
function sampleTypes(csv: Csv, p: usize, end: usize, skipFirst: bool, whole: bool): void {
  const votes = csv.votes;
  let counts = !skipFirst;
  while (p < end) {
    const record = p;
    let q = readCell(p);
    if (q == p && <u32>load<u8>(q) != delimiter) {
      p++;
      continue;
    }
    for (let i: usize = 0; q; i++) {
      if (q >= end && !whole) break;
      if (i == votes.len) {
        store<u8>(reserve(votes, 1), 0);
        votes.len++;
      }
      const at = votes.ptr + i;
      const known: u32 = load<u8>(at);
      if (counts && !(known & TEXT)) store<u8>(at, known | voteOf());
      if (<u32>load<u8>(q) != delimiter) break;
      q = readCell(q + 1);
    }
    counts = true;
    if (!q) {
      setSkipped(0);
      q = skipRecord(record, end) - 1;
    }
    p = q + 1;
  }
  clearFailure();
}

// What a walk over the sample in one dialect has found.
let quotedCells: u32 = 0;
let records: u32 = 0;
let isSound: bool = false;


@inline const SEVERAL: u32 = 0x40000000;

/** How well the dialect fits: whether it makes several cells in at least half of the records, then the share of records
 *  with as many cells as the first, then their number. */
function fit(p: usize, end: usize, whole: bool, delimiterByte: u32, quoteByte: u32): u32 {
  setDialect(delimiterByte, quoteByte);
  closeText(end);
  quotedCells = 0;
  records = 0;
  isSound = true;
  let width: u32 = 0;
  let alike: u32 = 0;
  while (p < end) {
    const record = p;
    let q = readCell(p);
    if (q == p && <u32>load<u8>(q) != delimiterByte) {
      p++;
      continue;
    }
    let cells: u32 = 1;
    while (q) {
      quotedCells += <u32>cellQuoted;
      if (<u32>load<u8>(q) != delimiterByte) break;
      cells++;
      q = readCell(q + 1);
    }
    if (!q) {
      setSkipped(0);
      q = skipRecord(record, end) - 1;
      if (q < end || whole) isSound = false;
    }
    if (q >= end && !whole && records) break;
    if (!records++) width = cells;
    alike += <u32>(cells == width);
    p = q + 1;
  }
  clearFailure();
  if (!records) return 0;
  const share = (alike * 1000) / records;
  return (width > 1 && share >= 500 ? SEVERAL : 0) + share * 65536 + min<u32>(width, 65535);
}


@inline const APOSTROPHE: u32 = 39;
/** What may part the cells, the likeliest first. */
const CANDIDATES: usize = memory.data<u8>([44, 59, 9, 124]);

/** Finds the delimiter and the quote that are not given (0). The delimiter is the one by which most records have as many
 *  cells as the first; of equals the one that makes more. `'` quotes where `"` never does and every record has a cell
 *  in it, or is read better for it. */
function findDialect(csv: Csv, p: usize, end: usize, whole: bool): void {
  let best: u32 = 0;
  let bestDelimiter = csv.delimiter ? csv.delimiter : 44;
  let bestQuote = csv.quote ? csv.quote : 34;
  for (let pass = 0; pass < 2; pass++) {
    const quoteByte = csv.quote ? csv.quote : pass ? APOSTROPHE : 34;
    for (let i = 0; i < 4; i++) {
      const byte: u32 = csv.delimiter ? csv.delimiter : load<u8>(CANDIDATES + i);
      const found = fit(p, end, whole, byte, quoteByte);
      if (
        pass &&
        (!isSound || !quotedCells || (found <= best && (found < best || quotedCells + 1 < records)))
      )
        continue;
      if (pass ? found >= best : found > best) {
        best = found;
        bestDelimiter = byte;
        bestQuote = quoteByte;
      }
      if (csv.delimiter) break;
    }
    if (csv.quote || pass) break;
    // A text that quotes with " does not quote with '.
    fit(p, end, whole, bestDelimiter, 34);
    if (quotedCells) break;
  }
  csv.delimiter = bestDelimiter;
  csv.quote = bestQuote;
}

/** Looks at the text from p to `end`; `whole`: it ends there. */
export function lookAt(csv: Csv, p: usize, end: usize, whole: bool, header: bool): void {
  csv.sampled = 1;
  if (!csv.delimiter || !csv.quote) {
    const cut = end - p > DIALECT_SAMPLE ? p + DIALECT_SAMPLE : end;
    const kept = load<u16>(cut);
    findDialect(csv, p, cut, whole && cut == end);
    store<u16>(cut, kept);
  }
  setDialect(csv.delimiter, csv.quote);
  if (csv.textOnly) return;
  const kept = load<u16>(end);
  closeText(end);
  sampleTypes(csv, p, end, header, whole);
  store<u16>(end, kept);
}
