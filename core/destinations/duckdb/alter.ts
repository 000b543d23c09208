import { readRows } from "../../arrow/ipc-rows.ts";
import type { SchemaStep } from "../../schema/steps.ts";
import type { ColumnSchema } from "../../schema/types.ts";
import { inexactColumn, notNull } from "../sql/inexact.ts";
import { quoteName } from "../sql/quote.ts";
import type { DuckDBConnection } from "./driver.ts";
import { addColumns, completeColumns, createTable, qualified, sameName, storedColumns } from "./tables.ts";
import { sqlType } from "./types.ts";

/** Changes a table of a dataset, within the transaction under way.
 *  @throws RunletError DESTINATION_SCHEMA */
export async function alterTable(
  connection: DuckDBConnection,
  dataset: string,
  step: SchemaStep,
): Promise<void> {
  const target = qualified(connection, dataset, step.table);
  const exec = (sql: string): Promise<void> => connection.exec(sql);
  const stored = await storedColumns(connection, dataset, step.table);
  switch (step.kind) {
    case "drop-table":
      return exec(`DROP TABLE IF EXISTS ${target}`);
    case "create-table":
      if (stored.length === 0)
        await createTable(connection, dataset, step.table, completeColumns(step.schema));
      return;
    case "rename-table":
      return exec(`ALTER TABLE ${target} RENAME TO ${quoteName(step.to)}`);
    case "add-column": {
      const isThere = stored.some(({ name }) => sameName(name) === sameName(step.column));
      if (!isThere) await addColumns(connection, dataset, step.table, stored, [step.schema]);
      return;
    }
    case "drop-column":
      return exec(`ALTER TABLE ${target} DROP COLUMN IF EXISTS ${quoteName(step.column)}`);
    case "rename-column":
      return exec(`ALTER TABLE ${target} RENAME COLUMN ${quoteName(step.column)} TO ${quoteName(step.to)}`);
    case "relax-column": {
      const column = stored.find(({ name }) => sameName(name) === sameName(step.column));
      if (column && !column.nullable)
        await exec(`ALTER TABLE ${target} ALTER ${quoteName(step.column)} DROP NOT NULL`);
      return;
    }
    case "type-column":
      return typeColumn(connection, dataset, step);
    case "widen-column":
      return widenColumn(connection, target, step);
  }
}

async function widenColumn(
  connection: DuckDBConnection,
  target: string,
  { table, column, from, schema }: Extract<SchemaStep, { kind: "widen-column" }>,
): Promise<void> {
  const name = quoteName(column);
  if (from.data_type === "bigint" && schema.data_type === "double") {
    const inexact = await connection.query(
      `SELECT 1 FROM ${target} WHERE CAST(CAST(${name} AS DOUBLE) AS HUGEINT) <> ${name} LIMIT 1`,
    );
    if (readRows(inexact).length > 0) throw inexactColumn(table, column);
  }
  const type = sqlType(schema);
  await connection.exec(
    `ALTER TABLE ${target} ALTER ${name} TYPE ${type} USING ${converted(name, from, type)}`,
  );
}

/** Texts of truth values are dlt's, which are Python's. */
function converted(name: string, { data_type }: ColumnSchema, type: string): string {
  if (data_type === "bool") return `CASE ${name} WHEN true THEN 'True' WHEN false THEN 'False' END`;
  // A date begins in UTC, whatever the session's time zone.
  if (data_type === "date" && type.startsWith("TIMESTAMP WITH"))
    return `CAST(strftime(${name}, '%Y-%m-%dT00:00:00+00:00') AS ${type})`;
  return `CAST(${name} AS ${type})`;
}

/** An empty column in another type. By a drop where the type has no name to cast to. */
async function typeColumn(
  connection: DuckDBConnection,
  dataset: string,
  { table, column, schema }: Extract<SchemaStep, { kind: "type-column" }>,
): Promise<void> {
  const [target, name] = [qualified(connection, dataset, table), quoteName(column)];
  const stored = await storedColumns(connection, dataset, table);
  if (!stored.some((each) => sameName(each.name) === sameName(column))) return;
  const filled = await connection.query(`SELECT 1 FROM ${target} WHERE ${name} IS NOT NULL LIMIT 1`);
  if (readRows(filled).length > 0) throw notNull(table, column);
  if (schema.data_type !== "json")
    return connection.exec(`ALTER TABLE ${target} ALTER ${name} TYPE ${sqlType(schema)} USING NULL`);
  await connection.exec(`ALTER TABLE ${target} DROP COLUMN ${name}`);
  await addColumns(
    connection,
    dataset,
    table,
    stored.filter((each) => sameName(each.name) !== sameName(column)),
    [schema],
  );
}
