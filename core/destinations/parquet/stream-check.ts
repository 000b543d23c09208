import { type ArrowField, readFields } from "../../arrow/ipc-schema.ts";
import { readMessages } from "../../arrow/ipc-messages.ts";
import { RunletError } from "../../errors.ts";
import type { ColumnSchema } from "../../schema/types.ts";
import { arrivingType, fits, sqlType } from "../duckdb/types.ts";
import { type LakeColumn, sameName } from "./snapshot.ts";

/** That an Arrow IPC stream fits its table: every column is there, of a type that fits, and what must have a value has
 *  one. Returns its numbers of rows and columns, and its columns as text to compare.
 *  @throws RunletError DESTINATION_SCHEMA */
export function checkStream(
  table: string,
  stream: Uint8Array,
  columns: readonly LakeColumn[],
): { rows: number; width: number; schema: string } {
  const { messages, ended } = readMessages(stream);
  const [first] = messages;
  if (first?.kind !== "schema" || !ended)
    throw new RunletError("DEFECT", `Arrow stream of table ${table} is not whole`, { where: { table } });
  const fields = readFields(first.header);
  const byName = new Map(columns.map((column) => [sameName(column.name), column]));
  for (const field of fields) checkField(table, field, byName.get(sameName(field.name)));
  const named = new Set(fields.map(({ name }) => sameName(name)));
  const required = fields.flatMap((field, at) =>
    byName.get(sameName(field.name))!.nullable === false ? [{ name: field.name, at }] : [],
  );
  let rows = 0;
  for (const { kind, header } of messages) {
    if (kind !== "batch") continue;
    rows += Number(header.int64(0));
    const { start } = header.vector(1);
    for (const { name, at } of required)
      if (header.view.getBigInt64(start + at * 16 + 8, true) > 0n) throw lacksValue(table, name);
  }
  if (rows > 0) {
    for (const { name, nullable } of columns)
      if (nullable === false && !named.has(sameName(name))) throw lacksValue(table, name);
  }
  const schema = fields.map(({ name, type, nullable, metadata }) => [name, type, nullable, [...metadata]]);
  return { rows, width: fields.length, schema: JSON.stringify(schema) };
}

function checkField(table: string, field: ArrowField, column: LakeColumn | undefined): void {
  const type = arrivingType(field);
  const wanted = column && sqlType(column as ColumnSchema);
  if (wanted && type && fits(type, wanted)) return;
  const found = wanted ? `is ${wanted} at the destination` : "does not exist at the destination";
  throw new RunletError(
    "DESTINATION_SCHEMA",
    `column ${field.name} of table ${table} ${found}, the data is ${type ?? field.type.kind}`,
    {
      where: { table, column: field.name },
      hint: "load to another dataset, or replace the table",
    },
  );
}

function lacksValue(table: string, column: string): RunletError {
  return new RunletError(
    "DESTINATION_SCHEMA",
    `column ${column} of table ${table} has a row without a value`,
    {
      where: { table, column },
      hint: "nothing was loaded: the column is declared as one that always has a value",
    },
  );
}
