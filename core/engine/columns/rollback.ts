// Undoing a record: its rows, and what its values alone made known (columns, widened types).
import { cold, F_SEEN_NULL, Field, isNull, Table } from "../layout/field";
import { isColumn, isVariable, K_BOOL, K_DECIMAL, K_INT, K_NONE, K_SHARED } from "../layout/kinds";
import { firstTable, recordSerial } from "../tables/table";
import { bitBytes } from "./storage";
import { truncateOwnIds } from "../tables/own-ids";
import { forgetRemoved, isUnproven, removeColumn, unwiden } from "./column";

export function rollbackRecord(): void {
  let t = firstTable;
  while (!isNull(t)) {
    if (t.record == recordSerial) rollbackTable(t);
    t = t.next;
  }
}

function rollbackTable(t: Table): void {
  const rows = t.recordStart;
  t.rows = rows;
  t.record = 0;
  let c = t.columns;
  let removed = false;
  while (!isNull(c)) {
    const next = cold(c).nextColumn;
    truncate(c, rows);
    if (cold(c).widenedIn == recordSerial) unwiden(c);
    if (isUnproven(c)) {
      removeColumn(c);
      removed = true;
    }
    c = next;
  }
  if (removed) forgetRemoved(t);
  let f = t.fields;
  while (!isNull(f)) {
    if (!isColumn(f.kind) && f.len > rows && f.len != 0xffffffff) f.len = rows;
    const k = cold(f);
    k.writerRow = 0;
    if (k.nullIn == recordSerial) {
      k.nullIn = 0;
      k.flags &= ~F_SEEN_NULL;
      if (f.kind == <u8>K_NONE) f.len = 0xffffffff;
    }
    f = k.nextField;
  }
  truncateOwnIds(t.ownIds, rows);
  truncateOwnIds(t.ownParentIds, rows);
  truncateOwnIds(t.ownRootIds, rows);
}

/** Shortens c to at most `rows` rows. */
function truncate(c: Field, rows: u32): void {
  // A string that failed half-way may have left bytes behind the last value.
  const variable = isVariable(c.kind) && c.data != 0;
  if (c.len <= rows) {
    if (variable) c.dataPos = c.data + load<u32>(c.offsets + ((<usize>c.len) << 2));
    return;
  }
  const k = cold(c);
  if (k.runStart > rows) {
    // The run began behind the cut: bits before it are right up to the cut, count the nulls among them anew.
    let nulls: u32 = 0;
    for (let i: u32 = 0; i < rows; i++) nulls += 1 - (((<u32>load<u8>(k.valid + (i >>> 3))) >>> (i & 7)) & 1);
    k.nulls = nulls;
    k.runStart = rows;
    clearBits(k.valid, rows, c.len);
  }
  if (variable) c.dataPos = c.data + load<u32>(c.offsets + ((<usize>rows) << 2));
  else if (c.kind == <u8>K_BOOL) clearBits(c.data, rows, c.len);
  c.len = rows;
}

function clearBits(bits: usize, from: u32, to: u32): void {
  for (let i = from; i < to; i++) {
    const at = bits + ((<usize>i) >>> 3);
    store<u8>(at, (<u32>load<u8>(at)) & ~((<u32>1) << (i & 7)));
  }
}
