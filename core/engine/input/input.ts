// One input: a page, a file, a partition. Inputs may interleave.
import { allocBlock, allocStruct, freeBlock } from "../memory/arena";
import { Buffer, clearBuffer, newBuffer, putByte, putBytes, releaseBuffer } from "../memory/buffer";
import { hashBytes, sameBytes } from "../memory/bytes";
import { Hint, isNull, nil, Table } from "../layout/field";
import { rootTableNamed } from "../config/config";
import {
  firstIn,
  isString,
  isStringOf,
  member,
  nextAfter,
  readBool,
  readNumber,
  readString,
  textLength,
  textPtr,
  valueOf,
} from "../config/reader";
import { Csv, newCsv, resetCsv } from "../csv/csv";
import { Cursor, cursorNamed } from "../cursor/cursor";
import { NO_QUOTE } from "../csv/cells";
import { Paths, readPath, readPaths, Steps } from "./path";

export const FORMAT_AUTO: u32 = 0;
export const FORMAT_NDJSON: u32 = 1;
export const FORMAT_JSON: u32 = 2;
export const FORMAT_CSV: u32 = 3;
export const FORMAT_UNKNOWN: u32 = 4;


@unmanaged
export class Input {
  id: u32;
  next: Input;
  table: Table;
  ordinal: u32;
  format: u32;
  /** Bytes received and not yet consumed. */
  carry: Buffer;
  /** Below this many bytes the record at hand has already been found incomplete. */
  retryAt: usize;
  /** Offset in the input of the first byte not consumed. */
  offset: u64;
  /** Newlines before it. */
  lines: u64;
  records: u64;
  rejected: u64;
  /** Records that the cursor has left out. */
  left: u64;
  /** Some came before the cursor's start, some behind its end, some beyond all before. */
  pastStart: u32;
  pastEnd: u32;
  advanced: u32;
  limitReached: u32;
  /** Nothing more is read: the limit is reached, or the rest of a broken document was rejected. */
  done: u32;
  /** The document is a list: nothing may follow it. */
  isList: u32;
  /** A newline stands after the first document. */
  newlineAfter: u32;
  /** The place of a byte order mark has been looked at. */
  markSeen: u32;
  /** A too large line is being passed over. */
  skippingLine: u32;
  ownIds: u32;
  // documents
  opened: u32;
  levels: usize;
  depth: u32;
  state: u32;
  matched: u32;
  /** Per capture: pointer and length of its JSON text. */
  captured: usize;
  /** JSON text of the captured values of each record. */
  recordValues: Buffer;
  options: Options;
  /** Of comma-separated text; kept for the next input. */
  csv: Csv;
}

/** What an input is told; inputs with the same text share it. */
@unmanaged
export class Options {
  text: usize;
  length: usize;
  next: Options;
  format: u32;
  /** Records to take at the most, 0: all. */
  limit: u64;
  selector: Steps;
  captures: Paths;
  route: Steps;
  recordCaptures: Paths;
  /** Which records are taken; null: all. */
  cursor: Cursor;
  /** It names a cursor that there is not. */
  lacksCursor: u32;
  /** Constant columns as the text of a JSON object without its brace, padded; 0 when there are none. */
  constants: usize;
  // comma-separated text
  /** The delimiter's byte, 0: to be found out. */
  delimiter: u32;
  /** The quote's byte, 0: to be found out, 256: there is none. */
  quote: u32;
  /** Whether the first record names the columns. */
  header: u32;
  /** JSON list of the columns' names, 0 where they are not given. */
  columnNames: usize;
  skipRows: u32;
  textOnly: u32;
}

/** Captures of a document are told apart by the bits of a word. */
@inline export const MAX_CAPTURES: u32 = 31;

export let firstInput: Input = nil<Input>();
let nextId: u32 = 1;

export function findInput(id: u32): Input {
  let i = firstInput;
  while (!isNull(i) && i.id != id) i = i.next;
  return i;
}

/** Options seen, by a hash of their text: a load may have one for each of its inputs. */
@inline const OPTION_BUCKETS: u32 = 4096;
const knownOptions: usize = memory.data(4096 * 4, 16);

/** The options whose JSON text is at p; the text must live as long as the instance, unless it is known. */
function optionsOf(p: usize, n: usize): Options {
  const bucket = knownOptions + ((<usize>(hashBytes(p, n) & (OPTION_BUCKETS - 1))) << 2);
  let o = load<Options>(bucket);
  while (!isNull(o) && !(o.length == n && sameBytes(o.text, p, n))) o = o.next;
  if (!isNull(o)) return o;
  o = changetype<Options>(allocStruct(offsetof<Options>()));
  o.text = allocBlock(n + 128);
  o.length = n;
  memory.copy(o.text, p, n);
  memory.fill(o.text + n, 0, 128);
  o.next = load<Options>(bucket);
  store<Options>(bucket, o);
  const text = o.text;
  const format = member(text, "format");
  o.format = isStringOf(format, "ndjson")
    ? FORMAT_NDJSON
    : isStringOf(format, "json")
      ? FORMAT_JSON
      : isStringOf(format, "csv") || isStringOf(format, "tsv")
        ? FORMAT_CSV
        : !format || isStringOf(format, "auto")
          ? FORMAT_AUTO
          : FORMAT_UNKNOWN;
  if (o.format == FORMAT_CSV) readCsvOptions(o, member(text, "csv"), isStringOf(format, "tsv"));
  o.limit = <u64>readNumber(member(text, "limit"), 0);
  o.selector = readPath(member(text, "records"));
  o.route = readPath(member(text, "route"));
  const capture = member(text, "capture");
  o.captures = readPaths(member(capture, "document"));
  o.recordCaptures = readPaths(member(capture, "record"));
  o.constants = readConstants(member(text, "constants"));
  const cursor = member(text, "cursor");
  if (isString(cursor)) {
    readString(cursor);
    o.cursor = cursorNamed(textPtr, textLength);
    o.lacksCursor = <u32>isNull(o.cursor);
  }
  return o;
}

function readCsvOptions(o: Options, p: usize, tabs: bool): void {
  const delimiter = member(p, "delimiter");
  o.delimiter = isString(delimiter) ? byteOf(delimiter) : tabs ? 9 : 0;
  const quote = member(p, "quote");
  o.quote = isString(quote) ? (load<u8>(quote, 1) == 34 ? NO_QUOTE : byteOf(quote)) : 0;
  if (o.quote == o.delimiter) o.quote = 0;
  o.columnNames = firstIn(member(p, "columns")) ? member(p, "columns") : 0;
  o.header = <u32>readBool(member(p, "header"), o.columnNames == 0);
  o.skipRows = <u32>readNumber(member(p, "skipRows"), 0);
  o.textOnly = <u32>!readBool(member(p, "types"), true);
}

/** The first byte of the string at p; 0 for a line end, which parts no cells. */
function byteOf(p: usize): u32 {
  readString(p);
  const c: u32 = load<u8>(textPtr);
  return c == 10 || c == 13 ? 0 : c;
}

/** Inputs that have ended, with their buffers. */
let spare: Input = nil<Input>();

/** Opens an input; null when there are too many tables. */
export function newInput(name: usize, n: u32, ordinal: u32, options: usize, optionsLength: usize): Input {
  const t = rootTableNamed(name, n, nil<Hint>());
  if (isNull(t)) return nil<Input>();
  let i = spare;
  if (isNull(i)) {
    i = changetype<Input>(allocStruct(offsetof<Input>()));
    i.carry = newBuffer();
    i.recordValues = newBuffer();
  } else spare = i.next;
  i.id = nextId++;
  i.next = firstInput;
  firstInput = i;
  i.table = t;
  i.ordinal = ordinal;
  i.options = optionsOf(options, optionsLength);
  i.format = i.options.format;
  if (i.format == FORMAT_CSV) {
    if (isNull(i.csv)) i.csv = newCsv();
    i.csv.delimiter = i.options.delimiter;
    i.csv.quote = i.options.quote;
    i.csv.toSkip = i.options.skipRows;
    i.csv.textOnly = i.options.textOnly;
  }
  i.captured = isNull(i.options.captures) ? 0 : allocBlock(<usize>i.options.captures.count * 8);
  if (i.captured) memory.fill(i.captured, 0, <usize>i.options.captures.count * 8);
  return i;
}

/** Gives an input's memory to the next one; its summary has been written. */
export function recycle(input: Input): void {
  const captures = input.options.captures;
  if (input.captured) {
    for (let i: u32 = 0; i < captures.count; i++) {
      const at = input.captured + ((<usize>i) << 3);
      freeBlock(load<usize>(at), load<u32>(at, 4) + 1);
    }
    freeBlock(input.captured, <usize>captures.count * 8);
  }
  const carry = input.carry;
  const values = input.recordValues;
  const levels = input.levels;
  const csv = input.csv;
  if (!isNull(csv)) resetCsv(csv);
  clearBuffer(values);
  if (carry.cap > 1048576) releaseBuffer(carry);
  clearBuffer(carry);
  memory.fill(changetype<usize>(input), 0, offsetof<Input>());
  input.carry = carry;
  input.recordValues = values;
  input.levels = levels;
  input.csv = csv;
  input.next = spare;
  spare = input;
}

/** `{"name": "<JSON text>"}` to the text of `{"name": <value>}`, without its opening brace. */
function readConstants(p: usize): usize {
  let key = firstIn(p);
  if (!key) return 0;
  const text = newBuffer();
  putByte(text, 123);
  while (key) {
    const value = valueOf(key);
    let end = value;
    while (load<u8>(end) != 58) end--;
    if (text.len > 1) putByte(text, 44);
    putBytes(text, key, end - key + 1);
    readString(value);
    putBytes(text, textPtr, textLength);
    key = nextAfter(value);
  }
  putByte(text, 125);
  for (let i = 0; i < 64; i++) putByte(text, 0);
  return text.ptr + 1;
}

export function removeInput(input: Input): void {
  if (firstInput == input) {
    firstInput = input.next;
    return;
  }
  let i = firstInput;
  while (!isNull(i)) {
    if (i.next == input) i.next = input.next;
    i = i.next;
  }
}
