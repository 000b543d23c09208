// Nested tables as lists find them: made, or filled by several fields together.
import { declareColumns } from "../columns/bind";
import { childPath, nameLength, shortName } from "../columns/name";
import { cold, Field, isNull, ListCount, nil, Table } from "../layout/field";
import { K_LIST, K_NESTED } from "../layout/kinds";
import { allocStruct } from "../memory/arena";
import { sameBytes } from "../memory/bytes";
import { E_TABLE_CLASH, E_TABLES, fail } from "../scan/failure";
import { findTable, ID_LENGTH, newTable, recordSerial, tablesFull } from "../tables/table";

/** Two fields fill one nested table: from now on their lists come to {@link sharedList}. */
export function shareLists(t: Table): void {
  t.sharedLists = 1;
  const owner = t.listOwner;
  if (!isNull(owner) && owner.kind == <u8>K_LIST) owner.kind = <u8>K_NESTED;
}

/** The count of the rows of t below a row of a parent table. */
export function countOf(t: Table, parent: Table, row: u32): ListCount {
  let c = t.counts;
  while (!isNull(c) && c.parent != parent) c = c.next;
  if (isNull(c)) {
    c = changetype<ListCount>(allocStruct(offsetof<ListCount>()));
    c.parent = parent;
    c.next = t.counts;
    t.counts = c;
    // Rows that came before the table was shared.
    c.rows = t.record == recordSerial ? countRows(t, parent.ids + <usize>row * ID_LENGTH) : 0;
  } else if (c.record != recordSerial || c.row != row) c.rows = 0;
  c.record = recordSerial;
  c.row = row;
  return c;
}

/** Rows of t of the record at hand below the row with that id. */
function countRows(t: Table, id: usize): u64 {
  let n: u64 = 0;
  for (let i = t.recordStart; i < t.rows; i++)
    if (sameBytes(t.parentIds + <usize>i * ID_LENGTH, id, ID_LENGTH)) n++;
  return n;
}

/** The table of the lists of f, made when there is none; null on failure, p being where the list is. */
export function childTable(p: usize, f: Field): Table {
  const k = cold(f);
  const path = childPath(f);
  const pathLength = nameLength;
  const name = shortName(path, pathLength);
  const n = nameLength;
  const known = findTable(name, n);
  // A list in such a list is nested in it, as ever.
  const isOwn = !isNull(k.hint) && k.hint.own != 0 && k.hint != k.owner.hint;
  if (!isNull(known)) {
    if (isOwn && isNull(known.parent) && known.hint == k.hint) return known;
    if (isOwn || isNull(known.parent)) {
      fail(p, E_TABLE_CLASH);
      return nil<Table>();
    }
    if (known.existing == 1) {
      // From the configuration, where names may be shortened and hints do not stand.
      known.existing = 2;
      known.listOwner = f;
      known.path = path;
      known.pathLength = pathLength;
      known.hint = k.hint;
      known.shape.hint = k.hint;
      if (!isNull(k.hint)) declareColumns(known, k.hint, 0, 0);
    } else shareLists(known);
    return known;
  }
  if (!(k.table.contract & 3) && tablesFull()) {
    fail(p, E_TABLES);
    return nil<Table>();
  }
  // Level and depth are those of the row shape.
  const t = newTable(name, n, path, pathLength, k.table, k.hint, 0, 0);
  t.listOwner = f;
  if (!isNull(k.hint)) declareColumns(t, k.hint, 0, 0);
  return t;
}
