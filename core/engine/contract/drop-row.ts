// A nested row that the contract leaves out: it goes with all that is nested in it, its parent and the rows before it stay.
import { cutTable } from "../columns/rollback";
import { isNull, ListCount, Table } from "../layout/field";
import { clearBuffer, newBuffer, reserve } from "../memory/buffer";
import { E_DISCARD, failure } from "../scan/failure";
import { skipValue } from "../scan/skip";
import { discardRow } from "./breach";
import { forgetDiscards, pendingDiscards } from "./discards";

/** Rows of the record at hand in the order they came: table, row, where its text is, discards noted before it. */
const rows = newBuffer();
const ENTRY: usize = 16;


@inline
export function clearRowLog(): void {
  clearBuffer(rows);
}

export function logRow(t: Table, row: u32, p: usize): void {
  if (isNull(t.parent) && isNull(t.ownIn)) return;
  const e = reserve(rows, ENTRY);
  store<Table>(e, t);
  store<u32>(e, row, 4);
  store<usize>(e, p, 8);
  store<u32>(e, <u32>pendingDiscards(), 12);
  rows.len += ENTRY;
}

/** The row of t at hand has failed. Where the contract discards it, takes it out and returns the position after its
 *  text; else 0. */
export function rowDropped(t: Table, row: u32): usize {
  if (failure != E_DISCARD) return 0;
  const end = rows.len;
  let at = end;
  do {
    at -= ENTRY;
    const below = load<Table>(rows.ptr + at);
    below.rows = min(below.rows, load<u32>(rows.ptr + at, 4));
  } while (load<Table>(rows.ptr + at) != t || load<u32>(rows.ptr + at, 4) != row);
  const p = load<usize>(rows.ptr + at, 8);
  forgetDiscards(load<u32>(rows.ptr + at, 12));
  for (let e = at; e < end; e += ENTRY) {
    const below = load<Table>(rows.ptr + e);
    if (load<u32>(rows.ptr + e, 4) == below.rows) forgetRows(below);
  }
  rows.len = at;
  t.dropped++;
  discardRow();
  return skipValue(p, t.shape.depth - 1);
}

function forgetRows(t: Table): void {
  cutTable(t, t.rows, false);
  // The next row has the number of the one that went.
  for (let c: ListCount = t.counts; !isNull(c); c = c.next) c.record = 0;
}
