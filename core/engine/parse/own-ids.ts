// Records in which the data supply `_dlt_id`: parsed a second time, with nested ids that are dlt's own.
import { cold, isNull, OwnId, Table } from "../layout/field";
import { allocBlock, freeBlock } from "../memory/arena";
import { deriveIds, ownIdOf, supplyId } from "../tables/ids";
import { ID_LENGTH, noteOwnId, rootKey } from "../tables/table";
import { skipKey, skipValue } from "../scan/skip";
import { cursor, decodeString, skipSpace, skipString } from "../scan/text";
import { rootRow, rootTable } from "./root-row";

/** Whether the record being parsed has ids of its own. */
export let ownIds: bool = false;
export function setOwnIds(on: bool): void {
  ownIds = on;
}

let found: usize = 0;
let foundLength: u32 = 0;

/** Looks for a `_dlt_id` among the members of the object at p; the last one counts. */
function findOwnId(p: usize): bool {
  found = 0;
  if (load<u8>(p) != 123) return false;
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
      found = 0;
      if (load<u8>(value) == 34) {
        const raw = p - value;
        found = allocBlock(raw + 64);
        foundLength = <u32>(decodeString(value + 1, found) - found);
      } else if (load<u8>(value) != 110) {
        foundLength = <u32>(p - value);
        found = allocBlock(foundLength);
        memory.copy(found, value, foundLength);
      }
      if (foundLength == 0) found = 0;
    }
    p = skipSpace(p);
    if (load<u8>(p) != 44) return found != 0;
    p = skipSpace(p + 1);
  }
}

export function ownRootId(p: usize, t: Table, row: u32): void {
  if (findOwnId(p)) supplyId(t, row, found, foundLength);
}

export function ownNestedIds(p: usize, t: Table, row: u32, parent: Table, parentRow: u32, index: u64): void {
  const supplied = ownIdOf(parent.ownIds, parentRow);
  if (isNull(supplied)) deriveIds(t, row, parent.ids + <usize>parentRow * ID_LENGTH, <u32>ID_LENGTH, index);
  else deriveIds(t, row, supplied.ptr, supplied.length, index);
  if (findOwnId(p)) supplyId(t, row, found, foundLength);
  if (rootKey) {
    const root = ownIdOf(rootTable().ownIds, rootRow());
    if (!isNull(root)) t.ownRootIds = noteOwnId(t.ownRootIds, row, root.ptr, root.length);
  }
}
