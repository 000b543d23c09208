// Ids that do not fit the 14-character slots, because the data supply them: kept beside, by row.
import { allocStruct } from "../memory/arena";
import { newBuffer, putBytes, reserve } from "../memory/buffer";
import { isNull, OwnIds } from "../layout/field";

/** Row, start and length of the text: 12 bytes an id, in the order of rows. */
const ENTRY: usize = 12;

/** The id {@link findOwnId} found. */
export let ownIdText: usize = 0;
export let ownIdLength: u32 = 0;

export function addOwnId(list: OwnIds, row: u32, text: usize, length: u32): OwnIds {
  if (isNull(list)) {
    list = changetype<OwnIds>(allocStruct(offsetof<OwnIds>()));
    list.entries = newBuffer();
    list.text = newBuffer();
  }
  // The text may lie in the very buffer that grows.
  const start = list.text.len;
  const copy = reserve(list.text, length * 2);
  memory.copy(copy + length, text, length);
  putBytes(list.text, list.text.ptr + start + length, length);
  const e = reserve(list.entries, ENTRY);
  store<u32>(e, row);
  store<u32>(e, <u32>start, 4);
  store<u32>(e, length, 8);
  list.entries.len += ENTRY;
  return list;
}

/** Whether the row's id is kept here; then it is in ownIdText and ownIdLength. */
export function findOwnId(list: OwnIds, row: u32): bool {
  if (isNull(list)) return false;
  let low: usize = 0;
  let high = list.entries.len / ENTRY;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const e = list.entries.ptr + middle * ENTRY;
    const at = load<u32>(e);
    if (at == row) {
      ownIdText = list.text.ptr + load<u32>(e, 4);
      ownIdLength = load<u32>(e, 8);
      return true;
    }
    if (at < row) low = middle + 1;
    else high = middle;
  }
  return false;
}

/** Forgets the ids of rows from `rows` on. */
export function truncateOwnIds(list: OwnIds, rows: u32): void {
  if (isNull(list)) return;
  const entries = list.entries;
  while (entries.len && load<u32>(entries.ptr + entries.len - ENTRY) >= rows) {
    entries.len -= ENTRY;
    list.text.len = load<u32>(entries.ptr + entries.len, 4);
  }
}

export function hasOwnIds(list: OwnIds): bool {
  return !isNull(list) && list.entries.len != 0;
}

export function ownIdBytes(list: OwnIds): usize {
  return isNull(list) ? 0 : list.text.len;
}
