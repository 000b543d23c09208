import type { Json } from "../../json.ts";
import { RunletError } from "../../errors.ts";
import type { SchemaStep } from "../../schema/steps.ts";
import type { ColumnSchema } from "../../schema/types.ts";
import { inexactColumn, notNull } from "../sql/inexact.ts";
import { rowsOf, type StoredTable } from "./store.ts";

/** Changes a table in memory, as its statements would in a database. */
export function alterStored(tables: Map<string, StoredTable>, step: SchemaStep): void {
  const { table } = step;
  if (step.kind === "drop-table") return void tables.delete(table);
  if (step.kind === "create-table") {
    if (!tables.has(table)) tables.set(table, { schema: step.schema, merged: [], streams: [], folds: [] });
    return;
  }
  const stored = tables.get(table);
  if (!stored)
    throw new RunletError("DESTINATION_SCHEMA", `there is no table ${table}`, { where: { table } });
  if (step.kind === "rename-table") {
    tables.delete(table);
    tables.set(step.to, { ...stored, schema: { ...stored.schema, name: step.to } });
    return;
  }
  const rows = rowsOf(stored);
  const columns: Record<string, ColumnSchema> = { ...stored.schema.columns };
  let altered = rows;
  switch (step.kind) {
    case "add-column":
      columns[step.column] ??= step.schema;
      break;
    case "drop-column":
      delete columns[step.column];
      break;
    case "rename-column":
      columns[step.to] = { ...columns[step.column]!, name: step.to };
      delete columns[step.column];
      altered = rows.map(({ [step.column]: value, ...rest }) => ({ ...rest, [step.to]: value ?? null }));
      break;
    case "relax-column":
      columns[step.column] = { ...columns[step.column]!, nullable: true };
      break;
    case "type-column":
      if (rows.some((row) => (row[step.column] ?? null) !== null)) throw notNull(table, step.column);
      columns[step.column] = step.schema;
      break;
    case "widen-column":
      columns[step.column] = { ...columns[step.column]!, ...step.schema };
      altered = rows.map((row) => ({ ...row, [step.column]: converted(row[step.column] ?? null, step) }));
      break;
  }
  tables.set(table, { schema: { ...stored.schema, columns }, merged: altered, streams: [], folds: [] });
}

/** A value in the type its column gets; values as in `readJsonRows`. */
function converted(
  value: Json,
  { table, column, from, schema }: Extract<SchemaStep, { kind: "widen-column" }>,
): Json {
  if (value === null) return null;
  switch (schema.data_type) {
    case "double":
      // Beyond 2^53 integers are bigint.
      if (typeof value === "bigint" && BigInt(Number(value)) !== value) throw inexactColumn(table, column);
      return Number(value);
    case "decimal": {
      const scale = schema.scale ?? (schema.precision === undefined ? 9 : 0);
      const [integer, fraction = ""] = String(value).split(".");
      return scale === 0 ? integer! : `${integer}.${fraction.padEnd(scale, "0")}`;
    }
    case "wei":
      return String(value);
    case "timestamp":
      return `${String(value)}T00:00:00+00:00`;
    case "text":
      if (typeof value === "boolean") return value ? "True" : "False";
      if (from.data_type === "json") return typeof value === "string" ? value : JSON.stringify(value);
      return String(value);
    default:
      return value;
  }
}
