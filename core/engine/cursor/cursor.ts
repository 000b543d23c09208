// A resource's cursor: what it has seen, and what it is told by the configuration (CursorConfig in core/binding/contract.ts).
import { allocStruct } from "../memory/arena";
import { Buffer, newBuffer } from "../memory/buffer";
import { sameBytes } from "../memory/bytes";
import {
  firstIn,
  isString,
  isStringOf,
  member,
  nextAfter,
  readBool,
  readString,
  setInvalid,
  textLength,
  textPtr,
  valueOf,
} from "../config/reader";
import { Field, isNull, nil, Shape } from "../layout/field";
import { Paths, readPath, readPaths, Steps } from "../input/path";
import { addHash, Hashes, newHashes } from "./hashes";
import { areComparable, compareValues, copyValue, newValue, readValue, V_NONE, Value } from "./value";

export const MISSING_RAISE: u32 = 0;
export const MISSING_INCLUDE: u32 = 1;
export const MISSING_EXCLUDE: u32 = 2;

/** Characters of a hash in base64: nine bytes, and fifteen as dlt wrote them before 1.29. */
export const HASH_LENGTH: u32 = 12;

export const LONG_HASH_LENGTH: u32 = 20;


@unmanaged
export class Cursor {
  name: usize;
  nameLength: u32;
  next: Cursor;
  path: Steps;
  /** 1: the largest value counts, -1: the smallest. */
  sign: i32;
  onMissing: u32;
  openStart: u32;
  closedEnd: u32;
  /** Records at the boundary are told apart by their hashes. */
  deduplicates: u32;
  /** What is hashed: values at these paths; null: the whole record. */
  key: Paths;
  /** The key is one value, not a list. */
  isSingle: u32;
  start: Value;
  end: Value;
  /** The value reached by now. */
  last: Value;
  /** `start` is beyond `last`, as an initial value may be that was raised. */
  startsAhead: u32;
  /** Records at `start` that earlier runs have taken. */
  startHashes: Hashes;
  /** Records at `last`. */
  hashes: Hashes;
  /** Some record was taken. */
  taken: u32;
  /** Records at `last` that are to be hashed once the text at hand is read: pointer, constants. */
  pending: Buffer;
  /** Text of records that do not stay where they are; entries of `pending` are offsets in it. */
  copies: Buffer;
  /** The field of the path's first step, in this shape. */
  field: Field;
  shape: Shape;
  /** Trials that have been in vain, as what the next one waits for: records. */
  misses: u32;
  wait: u32;
}

let first: Cursor = nil<Cursor>();
export function firstCursor(): Cursor {
  return first;
}

/** The cursor of that name; null when there is none. */
export function cursorNamed(name: usize, n: u32): Cursor {
  let c = first;
  while (!isNull(c) && !(c.nameLength == n && sameBytes(c.name, name, n))) c = c.next;
  return c;
}

/** Reads the object at p: cursors by their names. */
export function readCursors(p: usize): void {
  for (let key = firstIn(p); key; key = nextAfter(valueOf(key))) {
    const c = readCursor(valueOf(key));
    readString(key);
    c.name = textPtr;
    c.nameLength = textLength;
    c.next = first;
    first = c;
  }
}

function readCursor(p: usize): Cursor {
  const c = changetype<Cursor>(allocStruct(offsetof<Cursor>()));
  c.path = readPath(member(p, "path"));
  c.sign = isStringOf(member(p, "order"), "min") ? -1 : 1;
  const missing = member(p, "onMissing");
  c.onMissing = isStringOf(missing, "include")
    ? MISSING_INCLUDE
    : isStringOf(missing, "exclude")
      ? MISSING_EXCLUDE
      : MISSING_RAISE;
  c.openStart = <u32>readBool(member(p, "openStart"), false);
  c.closedEnd = <u32>readBool(member(p, "closedEnd"), false);
  c.deduplicates = <u32>readBool(member(p, "deduplicate"), true);
  c.key = readPaths(member(p, "key"));
  c.isSingle = <u32>readBool(member(p, "singleKey"), false);
  c.start = readLimit(member(p, "start"));
  c.end = readLimit(member(p, "end"));
  c.last = readLimit(member(p, "last"));
  if (c.last.kind == V_NONE && c.start.kind != V_NONE) copyValue(c.start, c.last);
  c.startsAhead = <u32>(
    (c.start.kind != V_NONE && areComparable(c.start, c.last) && c.sign * compareValues(c.start, c.last) > 0)
  );
  c.startHashes = readHashes(member(p, "startHashes"));
  c.hashes = readHashes(member(p, "hashes"));
  c.hashes.overflow = <u32>readBool(member(p, "overflow"), false);
  c.taken = <u32>readBool(member(p, "taken"), false);
  c.pending = newBuffer();
  c.copies = newBuffer();
  return c;
}

/** A value as JSON text in the string at p. */
function readLimit(p: usize): Value {
  const v = newValue();
  if (!isString(p)) return v;
  readString(p);
  memory.fill(textPtr + textLength, 0, 64);
  if (!readValue(textPtr, v)) setInvalid("a cursor starts and ends at a number or a text");
  return v;
}

function readHashes(p: usize): Hashes {
  const h = newHashes(HASH_LENGTH);
  for (let at = firstIn(p); at; at = nextAfter(at)) {
    readString(at);
    if (!h.count && textLength == LONG_HASH_LENGTH) h.width = LONG_HASH_LENGTH;
    if (textLength == h.width) addHash(h, textPtr);
  }
  return h;
}
