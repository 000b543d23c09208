// What contracts have left out: counted per table, column and entity. A record's are pending until it is in, so that one
// that is undone counts nothing.
import { allocStruct } from "../memory/arena";
import { Buffer, clearBuffer, newBuffer, putByte, putNumber, putText, reserve } from "../memory/buffer";
import { Discard, isNull, nil, Table } from "../layout/field";
import { K_NONE, typeName } from "../layout/kinds";
import { putJsonString } from "../parse/json-text";
import { DATA_TYPE, DISCARD_VALUE, entityName, modeName, TABLES } from "./modes";

let first: Discard = nil<Discard>();
let last: Discard = nil<Discard>();

/** Entry, count, kind of value: 12 bytes. */
const pending = newBuffer();

/** Bytes of {@link pending}. */
export function pendingDiscards(): usize {
  return pending.len;
}

/** Forgets what has been noted since `length` was the length. */
export function forgetDiscards(length: usize): void {
  pending.len = length;
}

/** The entry in the list that begins in `slot`, made when there is none. The name must live as long as the instance. */
export function discardIn(
  slot: usize,
  t: Table,
  name: usize,
  n: u32,
  entity: u32,
  mode: u32,
  kind: u32,
): Discard {
  let d = load<Discard>(slot);
  while (!isNull(d) && !(d.entity == entity && (entity != DATA_TYPE || d.kind == kind))) d = d.nextOfField;
  if (!isNull(d)) return d;
  d = changetype<Discard>(allocStruct(offsetof<Discard>()));
  d.table = t;
  d.name = name;
  d.nameLength = n;
  d.entity = entity;
  d.mode = mode;
  d.kind = kind;
  d.nextOfField = load<Discard>(slot);
  store<Discard>(slot, d);
  return d;
}

export function noteDiscard(d: Discard, count: u32, kind: u32): void {
  const p = reserve(pending, 12);
  store<Discard>(p, d);
  store<u32>(p, count, 4);
  store<u32>(p, kind, 8);
  pending.len += 12;
}

/** The record is in: what was noted of it counts. */
export function settleDiscards(): void {
  for (let i: usize = 0; i < pending.len; i += 12) {
    const d = load<Discard>(pending.ptr + i);
    if (d.count == 0) {
      d.kind = load<u32>(pending.ptr + i, 8);
      if (isNull(last)) first = d;
      else last.next = d;
      last = d;
    }
    d.count += load<u32>(pending.ptr + i, 4);
  }
  clearBuffer(pending);
}

/** Entries that are listed one by one; the counts of the others go into `more`. */
@inline const LISTED: u32 = 1000;

/** JSON: `,"discarded":{…}` (EngineSchema in core/binding/contract.ts), nothing when nothing was left out. */
export function writeDiscards(out: Buffer): void {
  if (isNull(first)) return;
  let rows: u64 = 0;
  let values: u64 = 0;
  let entries: u64 = 0;
  putText(out, ',"discarded":{"list":[');
  for (let d = first; !isNull(d); d = d.next) {
    const isValue = d.mode == DISCARD_VALUE && d.entity != TABLES;
    if (isValue) values += d.count;
    else rows += d.count;
    if (++entries > LISTED) continue;
    if (entries > 1) putByte(out, 44);
    putText(out, '{"table":');
    putJsonString(out, d.table.name, d.table.nameLength);
    if (d.nameLength) {
      putText(out, ',"column":');
      putJsonString(out, d.name, d.nameLength);
    }
    putText(out, ',"entity":"');
    putText(out, entityName(d.entity));
    putText(out, '","mode":"');
    putText(out, modeName(d.mode));
    if (d.kind != K_NONE) {
      putText(out, '","type":"');
      putText(out, typeName(d.kind));
    }
    putText(out, isValue ? '","values":' : '","rows":');
    putNumber(out, d.count);
    putByte(out, 125);
  }
  putText(out, '],"rows":');
  putNumber(out, rows);
  putText(out, ',"values":');
  putNumber(out, values);
  putText(out, ',"entries":');
  putNumber(out, entries);
  putByte(out, 125);
}
