// Row ids: 80 bits as 14 characters of base64, as dlt's.
//
// A root id is mixed from the load's seed, the table, the input's ordinal and the record's byte offset: the same bytes
// give the same ids on every runtime and for every way of splitting the input. A nested row's id is mixed from its
// parent's id, the table and its place in the list. Where the data supply ids, nested ids are dlt's own:
// base64(SHAKE128("{parent_id}_{table}_{index}", 10 bytes)).
import { base64 } from "../hash/base64";
import { shake128 } from "../hash/shake128";
import { Table } from "../layout/field";
import { clearBuffer, newBuffer, putByte, putBytes, putNumber, reserve } from "../memory/buffer";
import { FIFTY_ONE, LETTERS, THIRTEEN, TWENTY_SIX, vec } from "../scan/constants";
import { addOwnId } from "./own-ids";
import { ID_LENGTH } from "./table";

let seed: u64 = 0;
export function setSeed(value: u64): void {
  seed = value;
}

/** Thirteen times six bits and two: what 10 bytes leave of the 14th character. */
const SIX_BITS: usize = memory.data<u8>([63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 48, 0, 0], 16);

/** Finaliser of SplitMix64 (Steele, Lea, Flood 2014). */
@inline
function mix(z0: u64): u64 {
  let z = z0;
  z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >>> 27)) * 0x94d049bb133111eb;
  return z ^ (z >>> 31);
}

/** Writes 14 characters for the state x; touches 16 bytes. */
@inline
export function writeId(dst: usize, x: u64): void {
  const a = mix(x);
  const b = (a * 0xd6e8feb86659fd93) ^ mix(x + 0x9e3779b97f4a7c15);
  const v = v128.and(i64x2.replace_lane(i64x2.splat(a), 1, b), v128.load(SIX_BITS));
  // Which letters the value is of: 0 small ones, 1 to 10 digits, 11 plus, 12 slash, 13 capitals; and what is added to it there
  // (Wojciech Mula, "Base64 encoding with SIMD instructions", 2016).
  const kind = v128.or(
    i8x16.sub_sat_u(v, vec(FIFTY_ONE)),
    v128.and(i8x16.lt_s(v, vec(TWENTY_SIX)), vec(THIRTEEN)),
  );
  v128.store(dst, i8x16.add(v, i8x16.swizzle(vec(LETTERS), kind)));
}


@inline
export function writeRootId(t: Table, row: u32, ordinal: u32, offset: u64): void {
  const place = offset + ((<u64>ordinal) << 40);
  writeId(t.ids + <usize>row * ID_LENGTH, seed + t.salt + place * 0x9e3779b97f4a7c15);
}

/** Ids of a nested row: its own, its parent's. */
@inline
export function writeNestedIds(t: Table, row: u32, parent: usize, index: u64): void {
  const id = v128.load(parent);
  v128.store(t.parentIds + <usize>row * ID_LENGTH, id);
  mixId(t, row, i64x2.extract_lane(id, 0), load<u64>(parent, 6), index);
}

/** The id of a row by another's, which is `low` and, from its 7th byte, `high`, and its place below it. */
@inline
export function mixId(t: Table, row: u32, low: u64, high: u64, index: u64): void {
  writeId(
    t.ids + <usize>row * ID_LENGTH,
    (low ^ rotl<u64>(high, 27)) * 0xff51afd7ed558ccd + t.salt + index * 0x9e3779b97f4a7c15,
  );
}

const hashInput = newBuffer();
const hashOutput: usize = memory.data(16, 16);

/** Ids of a nested row below a supplied id. */
export function deriveIds(t: Table, row: u32, parent: usize, parentLength: u32, index: u64): void {
  if (parentLength != <u32>ID_LENGTH) t.ownParentIds = addOwnId(t.ownParentIds, row, parent, parentLength);
  else memory.copy(t.parentIds + <usize>row * ID_LENGTH, parent, ID_LENGTH);
  clearBuffer(hashInput);
  putBytes(hashInput, parent, parentLength);
  putByte(hashInput, 95);
  putBytes(hashInput, t.name, t.nameLength);
  putByte(hashInput, 95);
  putNumber(hashInput, index);
  reserve(hashInput, 16);
  shake128(hashInput.ptr, hashInput.len, hashOutput, 10);
  base64(hashOutput, 10, t.ids + <usize>row * ID_LENGTH);
}

/** Gives a row the id the data supply. */
export function supplyId(t: Table, row: u32, text: usize, length: u32): void {
  if (length == <u32>ID_LENGTH) memory.copy(t.ids + <usize>row * ID_LENGTH, text, ID_LENGTH);
  else t.ownIds = addOwnId(t.ownIds, row, text, length);
}
