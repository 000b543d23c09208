// One input: a page, a file, a partition. Inputs may interleave.
import { allocStruct } from "../memory/arena";
import { Buffer, newBuffer } from "../memory/buffer";
import { isNull, nil, Table } from "../layout/field";
import { rootTableNamed } from "../config/config";
import { firstIn, isString, isStringOf, member, nextAfter, readNumber, readString, textLength, textPtr, valueOf } from "../config/reader";
import { putByte, putBytes } from "../memory/buffer";
import { Hint } from "../layout/field";
import { Paths, readPath, readPaths, Steps } from "./path";

@inline export const FORMAT_AUTO: u32 = 0;
@inline export const FORMAT_NDJSON: u32 = 1;
@inline export const FORMAT_JSON: u32 = 2;

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
  /** Records to take at the most, 0: all. */
  limit: u64;
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
  levels: usize;
  depth: u32;
  state: u32;
  selector: Steps;
  matched: u32;
  captures: Paths;
  captured: usize;
  // records
  route: Steps;
  recordCaptures: Paths;
  recordValues: Buffer;
  /** Constant columns as the text of a JSON object, padded; 0 when there are none. */
  constants: usize;
}

export let firstInput: Input = nil<Input>();
let nextId: u32 = 1;

export function findInput(id: u32): Input {
  let i = firstInput;
  while (!isNull(i) && i.id != id) i = i.next;
  return i;
}

export function newInput(name: usize, n: u32, ordinal: u32, options: usize): Input {
  const i = changetype<Input>(allocStruct(offsetof<Input>()));
  i.id = nextId++;
  i.next = firstInput;
  firstInput = i;
  i.table = rootTableNamed(name, n, nil<Hint>());
  i.ordinal = ordinal;
  i.carry = newBuffer();
  i.recordValues = newBuffer();
  const format = member(options, "format");
  i.format = isStringOf(format, "ndjson") ? FORMAT_NDJSON : isStringOf(format, "json") ? FORMAT_JSON : FORMAT_AUTO;
  i.limit = <u64>readNumber(member(options, "limit"), 0);
  i.selector = readPath(member(options, "records"));
  i.route = readPath(member(options, "route"));
  const capture = member(options, "capture");
  i.captures = readPaths(member(capture, "document"));
  i.captured = allocStruct(<usize>pathCount(i.captures) * 8 + 8);
  i.recordCaptures = readPaths(member(capture, "record"));
  i.constants = readConstants(member(options, "constants"));
  return i;
}

function pathCount(p: Paths): u32 {
  return isNull(p) ? 0 : p.count;
}

/** `{"name": "<JSON text>"}` to the text of `{"name": <value>}`, without its opening brace. */
function readConstants(p: usize): usize {
  let key = firstIn(p);
  if (!key) return 0;
  const text = newBuffer();
  while (key) {
    const value = valueOf(key);
    let end = value;
    while (load<u8>(end) != 58) end--;
    if (text.len) putByte(text, 44);
    putBytes(text, key, end - key + 1);
    readString(value);
    putBytes(text, textPtr, textLength);
    key = nextAfter(value);
  }
  putByte(text, 125);
  for (let i = 0; i < 64; i++) putByte(text, 0);
  return text.ptr;
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
