import type { SchemaStep } from "../../schema/steps.ts";
import type { ColumnSchema } from "../../schema/types.ts";
import { quoteName } from "../sql/quote.ts";
import { inexactColumn, notNull } from "../sql/inexact.ts";
import type { Connection } from "./connection.ts";
import { addColumns, checkName, completeColumns, createTable, qualified, storedColumns } from "./tables.ts";
import { sqlType } from "./types.ts";
import { LARGEST_EXACT } from "./widen.ts";

/** Changes a table of a dataset, within the transaction under way: from here to its end readers wait for the table.
 *  @throws RunletError DESTINATION_SCHEMA */
export async function alterTable(connection: Connection, dataset: string, step: SchemaStep): Promise<void> {
  const target = qualified(dataset, step.table);
  const run = async (sql: string): Promise<void> => void (await connection.run(sql));
  switch (step.kind) {
    case "drop-table":
      return run(`DROP TABLE IF EXISTS ${target}`);
    case "create-table":
      if ((await storedColumns(connection, dataset, step.table)).length === 0)
        await createTable(connection, dataset, step.table, completeColumns(step.schema));
      return;
    case "rename-table":
      checkName(step.to, `table ${step.to}`);
      return run(`ALTER TABLE ${target} RENAME TO ${quoteName(step.to)}`);
    case "add-column": {
      const stored = await storedColumns(connection, dataset, step.table);
      if (!stored.some(({ name }) => name === step.column))
        await addColumns(connection, target, step.table, [step.schema]);
      return;
    }
    case "drop-column":
      return run(`ALTER TABLE ${target} DROP COLUMN IF EXISTS ${quoteName(step.column)}`);
    case "rename-column":
      checkName(step.to, `column ${step.to} of table ${step.table}`);
      return run(`ALTER TABLE ${target} RENAME COLUMN ${quoteName(step.column)} TO ${quoteName(step.to)}`);
    case "relax-column":
      return run(`ALTER TABLE ${target} ALTER ${quoteName(step.column)} DROP NOT NULL`);
    case "type-column":
      return typeColumn(connection, dataset, step);
    case "widen-column":
      return widenColumn(connection, target, step);
  }
}

async function widenColumn(
  connection: Connection,
  target: string,
  { table, column, from, schema }: Extract<SchemaStep, { kind: "widen-column" }>,
): Promise<void> {
  const name = quoteName(column);
  if (from.data_type === "bigint" && schema.data_type === "double") {
    const { rows } = await connection.rows(
      `SELECT 1 FROM ${target} WHERE CASE WHEN ${name} > ${LARGEST_EXACT} THEN true
         ELSE ${name}::double precision::bigint <> ${name} END LIMIT 1`,
    );
    if (rows.length > 0) throw inexactColumn(table, column);
  }
  const type = sqlType(table, schema);
  await connection.run(
    `ALTER TABLE ${target} ALTER ${name} TYPE ${type} USING ${converted(name, from, type)}`,
  );
}

/** Texts of truth values are dlt's, which are Python's. */
function converted(name: string, { data_type }: ColumnSchema, type: string): string {
  if (data_type === "bool") return `CASE ${name} WHEN true THEN 'True' WHEN false THEN 'False' END`;
  // A date begins in UTC, whatever the session's time zone.
  if (data_type === "date" && type.endsWith("with time zone"))
    return `(${name}::timestamp AT TIME ZONE 'UTC')`;
  return `${name}::${type}`;
}

/** An empty column in another type. */
async function typeColumn(
  connection: Connection,
  dataset: string,
  { table, column, schema }: Extract<SchemaStep, { kind: "type-column" }>,
): Promise<void> {
  const [target, name] = [qualified(dataset, table), quoteName(column)];
  const stored = await storedColumns(connection, dataset, table);
  if (!stored.some((each) => each.name === column)) return;
  // From here on nobody writes a value before the commit.
  await connection.run(`LOCK TABLE ${target} IN ACCESS EXCLUSIVE MODE`);
  const { rows } = await connection.rows(`SELECT 1 FROM ${target} WHERE ${name} IS NOT NULL LIMIT 1`);
  if (rows.length > 0) throw notNull(table, column);
  const type = sqlType(table, schema);
  await connection.run(`ALTER TABLE ${target} ALTER ${name} TYPE ${type} USING NULL`);
}
