import { RunletError } from "../../errors.ts";
import type { ColumnSchema, TableSchema } from "../../schema/types.ts";
import { quoteName } from "../sql/quote.ts";
import type { Connection } from "./connection.ts";
import { sqlType, type StoredType } from "./types.ts";

/** A column as the database has it. */
export interface StoredColumn {
  name: string;
  type: StoredType;
  /** The type as Postgres prints it. */
  printed: string;
}

/** Bytes of a name; the server cuts longer ones without an error. */
const LONGEST_NAME = 63;

export function qualified(dataset: string, table: string): string {
  return `${quoteName(dataset)}.${quoteName(table)}`;
}

/** Columns of a table in order; empty when there is no such table. */
export async function storedColumns(
  connection: Connection,
  dataset: string,
  table: string,
): Promise<StoredColumn[]> {
  const { rows } = await connection.rows(
    `SELECT a.attname::text, t.typname::text, a.atttypmod, format_type(a.atttypid, a.atttypmod)
     FROM pg_catalog.pg_attribute a
     JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
     WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    [dataset, table],
  );
  return (rows as [string, string, number, string][]).map(([name, type, modifier, printed]) => ({
    name,
    type: storedType(type, modifier),
    printed,
  }));
}

/** The modifier of `numeric(p,s)` is `(p << 16 | s) + 4`, with s of 11 bits and a sign (`make_numeric_typmod`). */
function storedType(name: string, modifier: number): StoredType {
  if (name !== "numeric" || modifier < 4) return { name };
  const scale = (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
  return { name, digits: { precision: ((modifier - 4) >> 16) & 0xffff, scale } };
}

/** Creates the dataset's schema where it is missing. In a transaction of its own: a schema that is made but not
 *  committed would hold up every other load that needs it, for as long as this one takes. */
export async function ensureSchema(connection: Connection, dataset: string): Promise<void> {
  if (await hasSchema(connection, dataset)) return;
  checkName(dataset, `dataset ${dataset}`);
  try {
    await connection.run(`CREATE SCHEMA IF NOT EXISTS ${quoteName(dataset)}`);
  } catch (error) {
    // Two that create it at the same moment: IF NOT EXISTS does not see the other.
    if (!(await hasSchema(connection, dataset))) throw error;
  }
}

async function hasSchema(connection: Connection, dataset: string): Promise<boolean> {
  const { rows } = await connection.rows("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", [
    dataset,
  ]);
  return rows.length > 0;
}

/** Columns that have a type, in order. */
export function completeColumns(table: TableSchema): ColumnSchema[] {
  return Object.values(table.columns).filter((column) => column.data_type !== undefined);
}

export async function createTable(
  connection: Connection,
  dataset: string,
  name: string,
  columns: readonly ColumnSchema[],
): Promise<void> {
  checkName(name, `table ${name}`);
  const definitions = columns.map(
    (column) => definition(name, column) + (column.nullable === false ? " NOT NULL" : ""),
  );
  await connection.run(`CREATE TABLE ${qualified(dataset, name)} (${definitions.join(", ")})`);
}

/** Adds columns, nullable: the rows that are there have no value for them. `target` is the table as SQL. */
export async function addColumns(
  connection: Connection,
  target: string,
  table: string,
  columns: readonly ColumnSchema[],
): Promise<void> {
  if (columns.length === 0) return;
  const added = columns.map((column) => `ADD COLUMN ${definition(table, column)}`);
  await connection.run(`ALTER TABLE ${target} ${added.join(", ")}`);
}

function definition(table: string, column: ColumnSchema): string {
  checkName(column.name, `column ${column.name} of table ${table}`);
  return `${quoteName(column.name)} ${sqlType(table, column)}`;
}

export function checkName(name: string, what: string): void {
  if (new TextEncoder().encode(name).length <= LONGEST_NAME && !name.includes("\0")) return;
  throw new RunletError("DESTINATION_SCHEMA", `the name of ${what} is longer than ${LONGEST_NAME} bytes`, {
    hint: "Postgres would cut it: name it shorter",
  });
}
