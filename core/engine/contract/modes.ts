// What may change in a table, as bits of `Table.contract`: a mode for tables, columns and types, two bits each.
import { isStringOf, member } from "../config/reader";
import { Table } from "../layout/field";

export const EVOLVE: u32 = 0;
export const FREEZE: u32 = 1;
export const DISCARD_ROW: u32 = 2;
export const DISCARD_VALUE: u32 = 3;

/** Entities, as the shift of their mode. */
export const TABLES: u32 = 0;
export const COLUMNS: u32 = 2;
export const DATA_TYPE: u32 = 4;

/** Made in this load: its columns may be any. */
export const NEW_TABLE: u32 = 64;

/** The contract at p (`Contract` in core/binding/contract.ts). */
export function readContract(p: usize): u32 {
  return (
    modeAt(member(p, "tables")) |
    (modeAt(member(p, "columns")) << COLUMNS) |
    (modeAt(member(p, "data_type")) << DATA_TYPE)
  );
}

function modeAt(p: usize): u32 {
  if (isStringOf(p, "freeze")) return FREEZE;
  if (isStringOf(p, "discard_row")) return DISCARD_ROW;
  return isStringOf(p, "discard_value") ? DISCARD_VALUE : EVOLVE;
}

/** Whether rows of nested tables may have to be taken out of a record. */
export function discardsRows(contract: u32): bool {
  return ((contract >>> COLUMNS) & 3) == DISCARD_ROW || ((contract >>> DATA_TYPE) & 3) == DISCARD_ROW;
}

/** Whether the table may not be made. */
@inline
export function isBarred(t: Table): bool {
  return (t.contract & NEW_TABLE) != 0 && (t.contract & 3) != 0;
}

/** The mode for a column of that name that the table does not have; system columns may always be added. */
export function columnMode(t: Table, name: usize, n: u32): u32 {
  if (t.contract & NEW_TABLE) return EVOLVE;
  // _dlt
  if (n >= 4 && load<u32>(name) == 0x746c645f) return EVOLVE;
  return (t.contract >>> COLUMNS) & 3;
}


@inline
export function typeMode(t: Table): u32 {
  return (t.contract >>> DATA_TYPE) & 3;
}

export function modeName(mode: u32): string {
  return mode == FREEZE ? "freeze" : mode == DISCARD_ROW ? "discard_row" : "discard_value";
}

export function entityName(entity: u32): string {
  return entity == TABLES ? "tables" : entity == COLUMNS ? "columns" : "data_type";
}
