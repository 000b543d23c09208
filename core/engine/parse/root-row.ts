// The root row of the record being parsed.
import { logRow } from "../contract/drop-row";
import { isNull, Table, WITH_LOG, WITH_RECORD, WITH_ROOT_ID } from "../layout/field";
import { ID_LENGTH, recordSerial } from "../tables/table";

let table: Table = changetype<Table>(<usize>0);
let row: u32 = 0;

export function setRootRow(t: Table, r: u32): void {
  table = t;
  row = r;
}


@inline
export function rootIdAt(): usize {
  return table.ids + <usize>row * ID_LENGTH;
}

/** Writes what a row of the record carries beside the usual; the row's text is at p. */
export function writeExtra(t: Table, row: u32, p: usize): void {
  if (t.extra & WITH_LOG) logRow(t, row, p);
  if (t.extra & WITH_RECORD) store<u64>(t.records + ((<usize>row) << 3), recordSerial);
  if (t.extra & WITH_ROOT_ID && !isNull(t.parent))
    v128.store(t.rootIds + <usize>row * ID_LENGTH, v128.load(rootIdAt()));
}

export function rootTable(): Table {
  return table;
}

export function rootRow(): u32 {
  return row;
}
