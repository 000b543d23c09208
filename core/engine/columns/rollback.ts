// Undoing a record: its rows, and what its values alone made known (columns, widened types).
import { cold, Cold, F_SEEN_NULL, Field, isNull, Table } from "../layout/field";
import { clearRowLog } from "../contract/drop-row";
import { forgetDiscards } from "../contract/discards";
import { onTrial } from "../cursor/trial";
import { isColumn, isVariable, K_BOOL, K_LIST, K_NESTED, K_NONE, K_OBJECT } from "../layout/kinds";
import { firstTable, recordSerial } from "../tables/table";
import { bitBytes } from "./storage";
import { truncateOwnIds } from "../tables/own-ids";
import { forgetRemoved, isUnproven, removeColumn, unwiden } from "./column";

export function rollbackRecord(): void {
  forgetDiscards(0);
  clearRowLog();
  let t = firstTable;
  while (!isNull(t)) {
    if (t.record == recordSerial) {
      cutTable(t, t.recordStart, true);
      t.record = 0;
    }
    t = t.next;
  }
}

/** Leaves t with `rows` rows. `whole`: these are all that the record has not brought; else some of its rows stay. */
export function cutTable(t: Table, rows: u32, whole: bool): void {
  t.rows = rows;
  let c = t.columns;
  let removed = false;
  while (!isNull(c)) {
    const next = cold(c).nextColumn;
    truncate(c, rows);
    if (cold(c).widenedIn == recordSerial && cold(c).widenedRow >= rows) unwiden(c);
    if (!onTrial && isUnproven(c)) {
      removeColumn(c);
      removed = true;
    }
    c = next;
  }
  if (removed) forgetRemoved(t);
  let at = changetype<usize>(t) + offsetof<Table>("fields");
  for (let f = load<Field>(at); !isNull(f); f = load<Field>(at)) {
    const isCut = !isColumn(f.kind) && f.len > rows && f.len != 0xffffffff;
    if (isCut) f.len = rows;
    const k = cold(f);
    k.writerRow = 0;
    // Where rows stay, one of them may have brought the null.
    if (k.nullIn == recordSerial && (whole || (isCut && f.kind == <u8>K_NONE))) {
      k.nullIn = 0;
      k.flags &= ~F_SEEN_NULL;
      if (f.kind == <u8>K_NONE) f.len = 0xffffffff;
    }
    if (isNested(f.kind) && k.widenedIn == recordSerial && k.widenedRow >= rows) {
      k.widenedIn = 0;
      f.kind = <u8>K_NONE;
    }
    // However many keys come and go, they are not looked at again and again.
    if (isUntouched(f)) {
      f.len = 0xffffffff;
      k.isListed = 0;
      store<Field>(at, k.nextField);
    } else at = changetype<usize>(k) + offsetof<Cold>("nextField");
  }
  truncateOwnIds(t.ownIds, rows);
  truncateOwnIds(t.ownParentIds, rows);
  truncateOwnIds(t.ownRootIds, rows);
}

function isNested(kind: u32): bool {
  return kind == K_OBJECT || kind == K_LIST || kind == K_NESTED;
}

/** Whether nothing is left of what has come for f. */
function isUntouched(f: Field): bool {
  const k = cold(f);
  return f.kind == <u8>K_NONE && !(k.flags & F_SEEN_NULL) && isNull(k.target);
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
