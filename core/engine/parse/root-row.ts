// The root row of the record being parsed.
import { Table } from "../layout/field";
import { ID_LENGTH } from "../tables/table";

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

export function rootTable(): Table {
  return table;
}

export function rootRow(): u32 {
  return row;
}
