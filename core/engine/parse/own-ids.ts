// Nested ids that are dlt's own, derived from ids that are hashes or that the data supply as `_dlt_id`. The first record that
// does is parsed a second time.
import { Table, WITH_ROOT_ID } from "../layout/field";
import { clearBuffer, newBuffer, putBytes, reserve } from "../memory/buffer";
import { deriveIds, supplyId } from "../tables/ids";
import { addOwnId, findOwnId, ownIdLength, ownIdText } from "../tables/own-ids";
import { ID_LENGTH } from "../tables/table";
import { skipKey, skipValue } from "../scan/skip";
import { decodeString, skipSpace } from "../scan/text";
import { hashRootId } from "./hashed-ids";
import { rootRow, rootTable } from "./root-row";

/** Whether nested ids of the record being parsed are derived as dlt does. */
export let ownIds: bool = false;


@inline
export function setOwnIds(on: bool): void {
  ownIds = on;
}

/** Whether rows are searched for ids that the data supply. */
export let areSupplied: bool = false;


@inline
export function setSupplied(are: bool): void {
  areSupplied = are;
}

const found = newBuffer();

/** Looks for a `_dlt_id` among the members of the object at p; the last one counts. */
function findSupplied(p: usize): bool {
  if (!areSupplied || load<u8>(p) != 123) return false;
  clearBuffer(found);
  p = skipSpace(p + 1);
  if (load<u8>(p) == 125) return false;
  while (true) {
    const key = p;
    p = skipKey(p);
    if (!p) return false;
    const value = p;
    p = skipValue(p, 1);
    if (!p) return false;
    // "_dlt_id" with its quotes
    if (load<u64>(key) == 0x64695f746c645f22 && load<u8>(key, 8) == 34) {
      clearBuffer(found);
      if (load<u8>(value) == 34) {
        const d = reserve(found, p - value + 64);
        found.len = decodeString(value + 1, d) - d;
      } else if (load<u8>(value) != 110) putBytes(found, value, p - value);
    }
    p = skipSpace(p);
    if (load<u8>(p) != 44) return found.len != 0;
    p = skipSpace(p + 1);
  }
}

/** The id of a root row, whose random one is written: the supplied one, else a hash where the table asks for it. False
 *  when there is nothing to hash. */
export function ownRootId(p: usize, constants: usize, t: Table, row: u32): bool {
  if (findSupplied(p)) supplyId(t, row, found.ptr, <u32>found.len);
  else if (t.rowId) return hashRootId(p, constants, t, row);
  return true;
}

export function ownNestedIds(p: usize, t: Table, row: u32, parent: Table, parentRow: u32, index: u64): void {
  // Whatever the id is, the slot tells rows of one parent from those of another.
  memory.copy(t.parentIds + <usize>row * ID_LENGTH, parent.ids + <usize>parentRow * ID_LENGTH, ID_LENGTH);
  if (findOwnId(parent.ownIds, parentRow)) deriveIds(t, row, ownIdText, ownIdLength, index);
  else deriveIds(t, row, parent.ids + <usize>parentRow * ID_LENGTH, <u32>ID_LENGTH, index);
  if (findSupplied(p)) supplyId(t, row, found.ptr, <u32>found.len);
  if (t.extra & WITH_ROOT_ID && findOwnId(rootTable().ownIds, rootRow()))
    t.ownRootIds = addOwnId(t.ownRootIds, row, ownIdText, ownIdLength);
}
