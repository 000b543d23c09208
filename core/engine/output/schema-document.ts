// The evolved schema as JSON: dlt's table documents, what changed, how many rows.
import { findColumn } from "../columns/column";
import { writeDiscards } from "../contract/discards";
import { COLUMNS, NEW_TABLE } from "../contract/modes";
import { columnName, nameLength, normalizedName } from "../columns/name";
import {
  cold,
  F_ASCENDING,
  F_DELETE,
  F_DESCENDING,
  F_EXISTING,
  F_MERGE,
  F_NULLABLE,
  F_PRIMARY,
  F_SEEN_NULL,
  F_ROW_VERSION,
  F_VALID_FROM,
  F_VALID_TO,
  F_VARIANT,
  Field,
  Hint,
  isNull,
  ROW_ID_ROW,
  Table,
  WITH_OUTER_ID,
  WITH_ROOT_ID,
} from "../layout/field";
import { K_DECIMAL, K_LIST, K_NESTED, K_NONE, K_OBJECT, typeName } from "../layout/kinds";
import { Buffer, clearBuffer, putByte, putNumber, putText } from "../memory/buffer";
import { writeCursors } from "../cursor/document";
import { putJsonString } from "../parse/json-text";
import { firstTable } from "../tables/table";

/** Tables that have rows, or came with the configuration. */
function isReal(t: Table): bool {
  return t.existing != 0 || t.rows != 0 || t.cutRows != 0;
}

export function writeSchema(out: Buffer): void {
  clearBuffer(out);
  putText(out, '{"tables":{');
  let comma = false;
  for (let t = firstTable; !isNull(t); t = t.next) {
    if (!isReal(t)) continue;
    if (comma) putByte(out, 44);
    comma = true;
    writeTable(out, t);
  }
  putText(out, '},"changes":[');
  comma = false;
  for (let t = firstTable; !isNull(t); t = t.next) if (isReal(t)) comma = writeChanges(out, t, comma);
  putText(out, '],"rows":{');
  comma = false;
  for (let t = firstTable; !isNull(t); t = t.next) {
    if (!isReal(t)) continue;
    if (comma) putByte(out, 44);
    comma = true;
    putJsonString(out, t.name, t.nameLength);
    putByte(out, 58);
    putNumber(out, t.cutRows + t.rows);
  }
  putByte(out, 125);
  writeDiscards(out);
  writeCursors(out);
  putByte(out, 125);
}

function writeTable(out: Buffer, t: Table): void {
  putJsonString(out, t.name, t.nameLength);
  putText(out, ':{"name":');
  putJsonString(out, t.name, t.nameLength);
  if (!isNull(t.parent)) {
    putText(out, ',"parent":');
    putJsonString(out, t.parent.name, t.parent.nameLength);
  }
  if (!isNull(t.ownIn) && !isNull(t.hint)) {
    putText(out, ',"x-runlet-nested":{"in":');
    putJsonString(out, t.ownIn.name, t.ownIn.nameLength);
    putText(out, ',"at":');
    putNumber(out, t.hint.own - 1);
    putByte(out, 125);
  }
  putText(out, ',"columns":{');
  const systemAt = t.systemAt < 0 ? <i32>t.columnCount : t.systemAt;
  let c = t.columns;
  let comma = false;
  for (let i = 0; ; i++) {
    if (i == systemAt) {
      if (comma) putByte(out, 44);
      comma = true;
      writeSystem(out, t);
    }
    if (isNull(c)) break;
    if (comma) putByte(out, 44);
    comma = true;
    writeColumn(out, c);
    c = cold(c).nextColumn;
  }
  writePending(out, t);
  putText(out, "}}");
}

function isVersioned(t: Table): bool {
  return isNull(t.hint) ? t.versioned != 0 : t.rowId == ROW_ID_ROW;
}

function writeSystem(out: Buffer, t: Table): void {
  if (isNull(t.parent) ? t.extra & WITH_OUTER_ID : t.extra & WITH_ROOT_ID)
    putText(
      out,
      '"_dlt_root_id":{"name":"_dlt_root_id","data_type":"text","nullable":false,"root_key":true},',
    );
  if (isNull(t.parent))
    putText(out, '"_dlt_load_id":{"name":"_dlt_load_id","data_type":"text","nullable":false},');
  else {
    putText(
      out,
      '"_dlt_parent_id":{"name":"_dlt_parent_id","data_type":"text","nullable":false,"parent_key":true},',
    );
    putText(out, '"_dlt_list_idx":{"name":"_dlt_list_idx","data_type":"bigint","nullable":false},');
  }
  // A version of a row may come back: its hash is no key then.
  putText(
    out,
    isVersioned(t)
      ? '"_dlt_id":{"name":"_dlt_id","data_type":"text","nullable":false,"unique":false,"row_key":false,"x-row-version":true}'
      : '"_dlt_id":{"name":"_dlt_id","data_type":"text","nullable":false,"unique":true,"row_key":true}',
  );
}

function writeColumn(out: Buffer, c: Field): void {
  const k = cold(c);
  const kind: u32 = c.kind;
  putJsonString(out, k.name, k.nameLength);
  putText(out, ':{"name":');
  putJsonString(out, k.name, k.nameLength);
  putText(out, ',"data_type":"');
  putText(out, typeName(kind));
  putText(out, '","nullable":');
  putText(out, k.flags & F_NULLABLE ? "true" : "false");
  if (kind == K_DECIMAL && !(k.precision == 38 && k.scale == 9)) {
    putText(out, ',"precision":');
    putNumber(out, k.precision);
    putText(out, ',"scale":');
    putNumber(out, k.scale);
  }
  if (k.flags & F_VARIANT) putText(out, ',"variant":true');
  if (k.flags & F_PRIMARY) putText(out, ',"primary_key":true');
  if (k.flags & F_MERGE) putText(out, ',"merge_key":true');
  if (k.flags & F_DELETE) putText(out, ',"hard_delete":true');
  if (k.flags & F_ASCENDING) putText(out, ',"dedup_sort":"asc"');
  if (k.flags & F_DESCENDING) putText(out, ',"dedup_sort":"desc"');
  if (k.flags & F_VALID_FROM) putText(out, ',"x-valid-from":true');
  if (k.flags & F_VALID_TO) putText(out, ',"x-valid-to":true');
  if (k.flags & F_ROW_VERSION) putText(out, ',"x-row-version":true');
  putByte(out, 125);
}

/** Columns seen only as null (or else as an object or a list, which make no column): known, without a type, without a place at the destination. */
function writePending(out: Buffer, t: Table): void {
  // Where columns may not be added, a key alone is no change either.
  if ((t.contract >>> COLUMNS) & 3 && !(t.contract & NEW_TABLE)) return;
  const hint = t.hint;
  if (!isNull(hint)) {
    for (let h = hint.child; !isNull(h); h = h.sibling) {
      // Declared without a type.
      if (!h.set || h.kind != K_NONE || h.drop || h.mask || h.asLength) continue;
      const name = normalizedName(h.key, h.keyLength);
      const n = nameLength;
      if (isNull(findColumn(t, name, n))) putPending(out, name, n, h.nullable != 0, wasNull(t, h));
    }
  }
  for (let f = t.fields; !isNull(f); f = cold(f).nextField) {
    const kind: u32 = f.kind;
    const isPending = kind == K_NONE || kind == K_OBJECT || kind == K_LIST || kind == K_NESTED;
    if (!isPending || !(cold(f).flags & F_SEEN_NULL)) continue;
    const name = columnName(f);
    const n = nameLength;
    if (!isNull(findColumn(t, name, n))) continue;
    if (isNull(cold(f).hint) || !cold(f).hint.set) putPending(out, name, n, true, kind == K_NONE);
  }
}

/** Whether the key of a hint has come, and only as null. */
function wasNull(t: Table, h: Hint): bool {
  for (let f = t.fields; !isNull(f); f = cold(f).nextField)
    if (cold(f).hint == h) return f.kind == K_NONE && (cold(f).flags & F_SEEN_NULL) != 0;
  return false;
}

/** `onlyNull`: no value has come, whatever its kind; the run may make a column of it. */
function putPending(out: Buffer, name: usize, n: u32, nullable: bool, onlyNull: bool): void {
  putByte(out, 44);
  putJsonString(out, name, n);
  putText(out, ':{"name":');
  putJsonString(out, name, n);
  putText(out, ',"nullable":');
  putText(out, nullable ? "true" : "false");
  putText(out, ',"x-normalizer":{"seen-null-first":true}');
  if (!onlyNull) putText(out, ',"x-runlet-no-column":true');
  putByte(out, 125);
}

function writeChanges(out: Buffer, t: Table, comma: bool): bool {
  if (!t.existing) {
    if (comma) putByte(out, 44);
    putText(out, '{"kind":"table-added","table":');
    putJsonString(out, t.name, t.nameLength);
    putByte(out, 125);
    return true;
  }
  for (let c = t.columns; !isNull(c); c = cold(c).nextColumn) {
    const k = cold(c);
    if (k.flags & F_EXISTING) continue;
    if (comma) putByte(out, 44);
    comma = true;
    putText(out, '{"kind":"column-added","table":');
    putJsonString(out, t.name, t.nameLength);
    putText(out, ',"column":');
    putJsonString(out, k.name, k.nameLength);
    putText(out, ',"type":"');
    putText(out, typeName(c.kind));
    putByte(out, 34);
    if (k.flags & F_VARIANT) putText(out, ',"variant":true');
    putByte(out, 125);
  }
  return comma;
}
