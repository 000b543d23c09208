import { RunletError } from "../../errors.ts";

/** Why an integer column stays what it is. */
export function inexactColumn(table: string, column: string): RunletError {
  return new RunletError(
    "DESTINATION_SCHEMA",
    `column ${column} of table ${table} has integers that a double would round`,
    { where: { table, column }, hint: "nothing was changed: make it decimal or text" },
  );
}

/** Why a column whose type is open cannot get one. */
export function notNull(table: string, column: string): RunletError {
  return new RunletError(
    "DESTINATION_SCHEMA",
    `column ${column} of table ${table}, which held nothing but null, was written to meanwhile`,
    { where: { table, column }, hint: "nothing was loaded: run again, and it stays what it is" },
  );
}
