// Shapes (objects at one place in the data) and their fields.
import { allocBlock, allocStruct } from "../memory/arena";
import { isText, sameBytes } from "../memory/bytes";
import {
  cold,
  Cold,
  COLD,
  Field,
  Hint,
  isNull,
  LONG_TOKEN,
  LONG_WATCHED,
  nil,
  Shape,
  Table,
  TOKEN,
  WITH_OUTER_ID,
} from "../layout/field";
import { K_NONE, K_ROW_ID, K_SKIP, K_TWIN } from "../layout/kinds";
import { E_COLON, E_KEY, fail } from "../scan/failure";
import { cursor, decodeString, setCursor, skipSpace, skipString } from "../scan/text";
import { hintFor } from "../config/hints";
import { onTrial, refuseNew } from "../cursor/trial";

/** A field whose token never matches, expected where nothing is known yet. */
const NOTHING: usize = memory.data(128, 64);

export function newShape(
  t: Table,
  parent: Shape,
  prefix: usize,
  prefixLength: u32,
  hint: Hint,
  level: i32,
  depth: u32,
): Shape {
  const s = changetype<Shape>(allocStruct(offsetof<Shape>()));
  s.table = t;
  s.parent = parent;
  s.prefix = prefix;
  s.prefixLength = prefixLength;
  s.hint = hint;
  s.level = level;
  s.depth = depth;
  s.bucketMask = 15;
  s.buckets = allocStruct(16 * sizeof<usize>());
  s.first = changetype<Field>(NOTHING);
  return s;
}

/** The shape of the rows of t where their objects lie at this level and depth. The first list that leads to a nested
 *  table decides its own shape; another one is made where a list at another place leads there, too. */
export function rowShape(t: Table, level: i32, depth: u32): Shape {
  let s = t.shape;
  if (s.depth == 0) {
    s.level = level;
    s.depth = depth;
    return s;
  }
  while (s.level != level || s.depth != depth) {
    if (isNull(s.nextOfTable)) s.nextOfTable = newShape(t, nil<Shape>(), 0, 0, s.hint, level, depth);
    s = s.nextOfTable;
  }
  return s;
}

/** Bits of the 32-byte compare of the token of f with the text at p; all ones when it matches. */
@inline
export function tokenBits(p: usize, f: Field): u32 {
  const t = changetype<usize>(f) + TOKEN;
  const low = <u32>i8x16.bitmask(i8x16.eq(v128.load(p), v128.load(t)));
  const high = <u32>i8x16.bitmask(i8x16.eq(v128.load(p, 16), v128.load(t, 16)));
  return low | (high << 16) | f.tokenMask;
}

/** Whether the key at p, a quote, is that of f. */
function isToken(p: usize, f: Field): bool {
  if ((tokenBits(p, f) | 1) != 0xffffffff || !f.tokenLength) return false;
  if (!(f.long & LONG_TOKEN)) return true;
  if (f.tokenLength == 255) return false;
  return sameBytes(p + 32, changetype<usize>(f) + TOKEN + 32, <usize>f.tokenLength - 32);
}

/** The key at p is not the expected one: finds its field or makes it, and expects it from now on.
 *  Sets `cursor` to the value after the colon; null on failure. */
export function findField(p: usize, shape: Shape, slot: usize): Field {
  if (load<u8>(p) != 34) {
    p = skipSpace(p);
    if (load<u8>(p) != 34) {
      fail(p, E_KEY);
      return nil<Field>();
    }
  }
  const expected = load<Field>(slot);
  if (isToken(p, expected)) {
    setCursor(p + <usize>expected.tokenLength);
    if (expected == watched) watchedAt = cursor;
    return expected;
  }
  const f = lookUp(p, shape);
  if (isNull(f)) return f;
  if (f == watched) watchedAt = cursor;
  store<Field>(slot, f);
  return f;
}

let watched: Field = nil<Field>();
/** Where the value of the watched field was met last, with the space before it; 0 when it was not. */
export let watchedAt: usize = 0;

/** Lets the parser note where it meets the field, one of {@link memberField}; null ends that. */
export function setWatched(f: Field): void {
  watched = f;
  if (!isNull(f)) watchedAt = 0;
}

/** The field of the key, which is spelled without escapes, to be watched; null when there is none. Eight bytes can be
 *  read at the key. */
export function memberField(shape: Shape, key: usize, n: u32): Field {
  for (let i: u32 = 0; i < n; i++) if (load<u8>(key + i) == 92) return nil<Field>();
  const f = key ? fieldOf(shape, key, n, hashKey(key, n)) : nil<Field>();
  if (!isNull(f)) {
    f.long |= LONG_WATCHED;
    store<u8>(changetype<usize>(f) + TOKEN, 0);
  }
  return f;
}

/** Sets apart the hashes of one load from those of another: nobody can make keys that all have one hash. */
let hashSeed: u64 = 0;
export function setHashSeed(seed: u64): void {
  hashSeed = mix(seed + 0x9e3779b97f4a7c15);
}

/** Finaliser of SplitMix64 (Steele, Lea, Flood 2014). */
@inline
function mix(z0: u64): u64 {
  let z = z0;
  z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >>> 27)) * 0x94d049bb133111eb;
  return z ^ (z >>> 31);
}

/** Mixes eight bytes a step; the last step may look at some bytes again. Eight bytes can be read at k. */
@inline
function hashKey(k: usize, n: u32): u32 {
  if (n < 8) return <u32>mix(hashSeed ^ (n ? load<u64>(k) << ((8 - <u64>n) << 3) : 0) ^ (<u64>n));
  let h = hashSeed ^ (<u64>n);
  const last = k + n - 8;
  for (; k < last; k += 8) h = mix(h ^ load<u64>(k));
  return <u32>mix(h ^ load<u64>(last));
}

function lookUp(p: usize, shape: Shape): Field {
  const key = p + 1;
  const after = skipString(key);
  if (!after) return nil<Field>();
  const n = <u32>(after - 1 - key);
  let q = after;
  if (load<u8>(q) != 58) {
    q = skipSpace(q);
    if (load<u8>(q) != 58) {
      fail(q, E_COLON);
      return nil<Field>();
    }
  }
  const hash = hashKey(key, n);
  let f = fieldOf(shape, key, n, hash);
  if (isNull(f)) {
    if (onTrial) {
      refuseNew(p);
      return f;
    }
    f = newField(shape, key, n, hash);
  }
  setCursor(q + 1);
  return f;
}

/** The field with that key as it is spelled. */
@inline
function fieldOf(shape: Shape, key: usize, n: u32, hash: u32): Field {
  let f = load<Field>(shape.buckets + ((<usize>(hash & shape.bucketMask)) << 2));
  while (!isNull(f)) {
    const k = cold(f);
    if (k.keyHash == hash && k.keyLength == n && sameBytes(changetype<usize>(f) + TOKEN + 1, key, n)) break;
    f = k.nextInBucket;
  }
  return f;
}

function grow(shape: Shape): void {
  const mask = shape.bucketMask * 2 + 1;
  const buckets = allocStruct((<usize>(mask + 1)) << 2);
  for (let i: u32 = 0; i <= shape.bucketMask; i++) {
    let f = load<Field>(shape.buckets + ((<usize>i) << 2));
    while (!isNull(f)) {
      const k = cold(f);
      const next = k.nextInBucket;
      const at = buckets + ((<usize>(k.keyHash & mask)) << 2);
      k.nextInBucket = load<Field>(at);
      store<Field>(at, f);
      f = next;
    }
  }
  shape.buckets = buckets;
  shape.bucketMask = mask;
  if (!shape.escaped) return;
  shape.escaped = allocStruct((<usize>(mask + 1)) << 2);
  for (let i: u32 = 0; i <= mask; i++) {
    let f = load<Field>(buckets + ((<usize>i) << 2));
    while (!isNull(f)) {
      if (cold(f).isEscaped) putEscaped(shape, f);
      f = cold(f).nextInBucket;
    }
  }
}

function putEscaped(shape: Shape, f: Field): void {
  const k = cold(f);
  const at = shape.escaped + ((<usize>(k.decodedHash & shape.bucketMask)) << 2);
  k.nextEscaped = load<Field>(at);
  store<Field>(at, f);
}

/** Whether the shape has another field with the key of f, spelled otherwise. */
function hasTwin(shape: Shape, f: Field): bool {
  const k = cold(f);
  const at = (<usize>(k.decodedHash & shape.bucketMask)) << 2;
  let other = k.isEscaped ? load<Field>(shape.buckets + at) : nil<Field>();
  for (; !isNull(other); other = cold(other).nextInBucket)
    if (!cold(other).isEscaped && isSameKey(cold(other), k)) return true;
  other = shape.escaped ? load<Field>(shape.escaped + at) : nil<Field>();
  for (; !isNull(other); other = cold(other).nextEscaped) if (isSameKey(cold(other), k)) return true;
  return false;
}

function isSameKey(a: Cold, b: Cold): bool {
  return (
    a.decodedHash == b.decodedHash &&
    a.decodedLength == b.decodedLength &&
    sameBytes(a.decodedKey, b.decodedKey, a.decodedLength)
  );
}

/** A field without a key, for columns that no key owns yet. */
export function newDetached(t: Table): Field {
  const f = changetype<Field>(allocStruct(COLD + 64) + COLD);
  cold(f).table = t;
  return f;
}

export function newField(shape: Shape, key: usize, n: u32, hash: u32): Field {
  const f = changetype<Field>(allocStruct(COLD + TOKEN + n + 3 + 64) + COLD);
  const k = cold(f);
  const token = changetype<usize>(f) + TOKEN;
  // Where comparing is not all, the quote is none, so that the comparison fails.
  store<u8>(token, n + 3 > 32 ? 0 : 34);
  memory.copy(token + 1, key, n);
  store<u16>(token + 1 + n, 0x3a22);
  const length = n + 3;
  f.tokenLength = <u8>(length > 254 ? 255 : length);
  f.tokenMask = length < 32 ? (<u32>0xffffffff) << length : 0;
  f.long = length > 32 ? LONG_TOKEN : 0;
  f.next = changetype<Field>(NOTHING);
  // Larger than any row: the first null comes to the cold path, where it is remembered.
  f.len = 0xffffffff;
  k.keyLength = n;
  k.keyHash = hash;
  k.owner = shape;
  k.table = shape.table;
  decodeKey(f, shape);
  k.hint = hintFor(shape.hint, k.decodedKey, k.decodedLength);
  if (!isNull(k.hint) && k.hint.drop) f.kind = <u8>K_SKIP;
  else if (isRowId(k.decodedKey, k.decodedLength) && shape.prefixLength == 0) f.kind = <u8>K_ROW_ID;
  else if (isReserved(shape, k.decodedKey, k.decodedLength)) f.kind = <u8>K_SKIP;
  else if (f.kind != <u8>K_TWIN) f.kind = <u8>K_NONE;
  if (k.isEscaped && !shape.escaped) shape.escaped = allocStruct((<usize>(shape.bucketMask + 1)) << 2);
  if (shape.count * 2 >= shape.bucketMask) grow(shape);
  const at = shape.buckets + ((<usize>(hash & shape.bucketMask)) << 2);
  k.nextInBucket = load<Field>(at);
  store<Field>(at, f);
  if (k.isEscaped) putEscaped(shape, f);
  shape.count++;
  return f;
}

/** A field that stands for the elements of a list, not for a key; its objects and lists have `level` levels. */
export function newElementField(shape: Shape, name: usize, n: u32, level: i32): Field {
  const f = newDetached(shape.table);
  const k = cold(f);
  f.len = 0xffffffff;
  k.owner = level == shape.level ? shape : newShape(shape.table, shape, 0, 0, shape.hint, level, shape.depth);
  k.isElement = 1;
  k.decodedKey = name;
  k.decodedLength = n;
  // Elements are hinted by the name of their column, else as their list is.
  k.hint = hintFor(shape.hint, name, n);
  if (isNull(k.hint)) k.hint = shape.hint;
  if (!isNull(k.hint) && k.hint.drop) f.kind = <u8>K_SKIP;
  return f;
}

/** Decodes the key and looks for another spelling of it: `"a"` and `"\u0061"` are one key. */
function decodeKey(f: Field, shape: Shape): void {
  const k = cold(f);
  const raw = changetype<usize>(f) + TOKEN + 1;
  k.decodedKey = raw;
  k.decodedLength = k.keyLength;
  k.decodedHash = k.keyHash;
  for (let i: u32 = 0; i < k.keyLength; i++)
    if (load<u8>(raw + i) == 92) {
      k.isEscaped = 1;
      break;
    }
  if (k.isEscaped) {
    const d = allocBlock(k.keyLength + 32);
    const at = cursor;
    k.decodedLength = <u32>(decodeString(raw, d) - d);
    setCursor(at);
    k.decodedKey = d;
    k.decodedHash = hashKey(d, k.decodedLength);
  }
  if (hasTwin(shape, f)) f.kind = <u8>K_TWIN;
}

function isRowId(p: usize, n: u32): bool {
  return n == 7 && load<u32>(p) == 0x746c645f && load<u32>(p, 3) == 0x64695f74;
}

/** System columns that the engine writes itself. */
function isReserved(shape: Shape, p: usize, n: u32): bool {
  if (shape.prefixLength || n < 12 || load<u32>(p) != 0x746c645f) return false;
  const nested = !isNull(shape.table.parent);
  if (!nested && shape.table.extra & WITH_OUTER_ID && isText(p, n, "_dlt_root_id")) return true;
  return nested
    ? isText(p, n, "_dlt_parent_id") || isText(p, n, "_dlt_list_idx") || isText(p, n, "_dlt_root_id")
    : isText(p, n, "_dlt_load_id");
}
