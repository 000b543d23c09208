// A value, column or table that the contract does not let in: left out, its row discarded, or the load stopped.
import { columnName, keepName, nameLength } from "../columns/name";
import { valueKind } from "../columns/value";
import { putNull } from "../columns/write";
import { cold, Cold, Discard, Field, isNull, nil, Table } from "../layout/field";
import { K_BARRED, K_DECIMAL, K_NONE, K_TEXT } from "../layout/kinds";
import { fitsDecimal } from "../columns/bind";
import { findColumn } from "../columns/column";
import { clearFailure, E_CONTRACT, E_DISCARD, E_DUPLICATE, fail } from "../scan/failure";
import { skipValue } from "../scan/skip";
import { skipSpace } from "../scan/text";
import { recordSerial, unlistField } from "../tables/table";
import { discardIn, noteDiscard } from "./discards";
import { columnMode, COLUMNS, DATA_TYPE, DISCARD_VALUE, EVOLVE, FREEZE, TABLES, typeMode } from "./modes";

/** What the failure E_CONTRACT or E_DISCARD is about. */
export let breachOf: Discard = nil<Discard>();
export let breachKind: u32 = K_NONE;
/** Where it was met in the text as it came. */
export let breachAt: usize = 0;

/** Whether keys are known to stand once: a value that a later one replaces must not decide over its row. */
let keysOnce: bool = false;
export function setKeysOnce(on: bool): void {
  keysOnce = on;
  if (!on) breachAt = 0;
}

/** Fails the row or the load; returns 0. */
function refuse(at: usize, d: Discard, kind: u32): usize {
  if (!keysOnce) {
    breachAt = at;
    return fail(at, E_DUPLICATE);
  }
  breachOf = d;
  breachKind = kind;
  return fail(at, d.mode == FREEZE ? E_CONTRACT : E_DISCARD);
}

/** The row the failure is about is left out. */
export function discardRow(): void {
  noteDiscard(breachOf, 1, breachKind);
  clearFailure();
}

/** The value at hand makes no variant: false when its row or the load fails. */
export function refuseType(at: usize, c: Field, row: u32): bool {
  const k = cold(c);
  const kind = kindAtHand();
  const mode = typeMode(k.table);
  const d = discardIn(slotOf(c), k.table, k.name, k.nameLength, DATA_TYPE, mode, kind);
  if (mode != DISCARD_VALUE) return refuse(at, d, kind) != 0;
  noteDiscard(d, 1, kind);
  if (c.len <= row) putNull(c, row);
  return true;
}

/** Whether the contract keeps the field from getting a column; then it is barred from now on. `name`: the column's. */
export function bars(f: Field, name: usize, n: u32): bool {
  const k = cold(f);
  if (columnMode(k.table, name, n) == EVOLVE) return false;
  k.name = keepName(name, n);
  k.nameLength = n;
  f.kind = <u8>K_BARRED;
  f.len = 0;
  // However many keys are barred, records that go do not look at them.
  unlistField(f);
  return true;
}

/** Whether the barred field has had a value in this row. */
export function isRepeated(f: Field, row: u32): bool {
  const k = cold(f);
  return !keysOnce && k.nullIn == recordSerial && k.writerRow == row + 1;
}

/** An object or a list has come in a barred field: what is in it has columns and tables of its own. */
export function unbar(at: usize, f: Field, row: u32): bool {
  if (isRepeated(f, row)) return fail(at, E_DUPLICATE) != 0;
  f.kind = <u8>K_NONE;
  return true;
}

/** The value at hand in a barred field, or (`beside`) among its objects and lists. */
export function refuseColumn(at: usize, f: Field, row: u32): bool {
  const k = cold(f);
  if (f.kind == <u8>K_BARRED) {
    if (isRepeated(f, row)) return fail(at, E_DUPLICATE) != 0;
    k.nullIn = recordSerial;
    k.writerRow = row + 1;
  } else if (isNull(k.discards)) {
    const name = columnName(f);
    k.name = keepName(name, nameLength);
    k.nameLength = nameLength;
  }
  const kind = kindAtHand();
  const mode = columnMode(k.table, k.name, k.nameLength);
  const d = discardIn(slotOf(f), k.table, k.name, k.nameLength, COLUMNS, mode, kind);
  if (mode != DISCARD_VALUE) return refuse(at, d, kind) != 0;
  noteDiscard(d, 1, kind);
  return true;
}

/** Whether the scalars of a field that otherwise holds objects or lists may have no column. */
export function barsBeside(f: Field): bool {
  const t = cold(f).table;
  if (!t.contract) return false;
  const name = columnName(f);
  return isNull(findColumn(t, name, nameLength)) && columnMode(t, name, nameLength) != EVOLVE;
}

/** The record at p is for a table that may not be made: fails. */
export function refuseRoot(p: usize, t: Table): usize {
  setKeysOnce(true);
  return refuse(p, tableDiscard(t), K_NONE);
}

/** The list at p is for a table that may not be made. Returns the position after it, 0 when the load fails. */
export function refuseList(p: usize, t: Table, around: u32): usize {
  const end = skipValue(p, around);
  if (!end) return 0;
  let rows: u32 = 0;
  for (let q = skipSpace(p + 1); load<u8>(q) != 93; rows++) {
    q = skipSpace(skipValue(q, around + 1));
    if (load<u8>(q) == 44) q = skipSpace(q + 1);
  }
  if (!rows) return end;
  const d = tableDiscard(t);
  if (d.mode == FREEZE) return refuse(p, d, K_NONE);
  noteDiscard(d, rows, K_NONE);
  return end;
}

function tableDiscard(t: Table): Discard {
  return discardIn(
    changetype<usize>(t) + offsetof<Table>("discards"),
    t,
    0,
    0,
    TABLES,
    t.contract & 3,
    K_NONE,
  );
}


@inline
function slotOf(f: Field): usize {
  return changetype<usize>(cold(f)) + offsetof<Cold>("discards");
}

/** Type of the value at hand. */
function kindAtHand(): u32 {
  return valueKind == K_DECIMAL && !fitsDecimal() ? K_TEXT : valueKind;
}
