// The root row of the record being parsed.
import { logRow } from "../contract/drop-row";
import { isNull, Table, WITH_LOG, WITH_OUTER_ID, WITH_RECORD, WITH_ROOT_ID } from "../layout/field";
import { ID_LENGTH, recordSerial } from "../tables/table";

let table: Table = changetype<Table>(<usize>0);
let row: u32 = 0;


@inline
export function setRootRow(t: Table, r: u32): void {
  table = t;
  row = r;
}


@inline
export function rootIdAt(): usize {
  return table.ids + <usize>row * ID_LENGTH;
}

/** The id drawn for the record, whatever the id of its row: eight bytes from its first, and from its seventh. */
export let drawnLow: u64 = 0;
export let drawnHigh: u64 = 0;


@inline
export function setDrawn(id: usize): void {
  drawnLow = load<u64>(id);
  drawnHigh = load<u64>(id, 6);
}

/** Place of the row of a table of its own within the record, from 1; 0 outside of such tables. */
export let rowWithin: u64 = 0;
export function setRowWithin(place: u64): void {
  rowWithin = place;
}

/** Writes what a row of the record carries beside the usual; the row's text is at p. */
export function writeExtra(t: Table, row: u32, p: usize): void {
  if (t.extra & WITH_LOG) logRow(t, row, p);
  if (t.extra & WITH_RECORD)
    store<u64>(
      t.records + ((<usize>row) << 3),
      rowWithin ? ((<u64>recordSerial) << 30) | rowWithin : <u64>recordSerial,
    );
  if (t.extra & WITH_OUTER_ID || (t.extra & WITH_ROOT_ID && !isNull(t.parent)))
    v128.store(t.rootIds + <usize>row * ID_LENGTH, v128.load(rootIdAt()));
}

export function rootTable(): Table {
  return table;
}

export function rootRow(): u32 {
  return row;
}
