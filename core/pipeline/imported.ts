import { RunletError } from "../errors.ts";
import { own } from "../schema/carried.ts";
import { dataTables } from "../schema/document.ts";
import { importSchema, type SchemaFile } from "../schema/exchange.ts";
import { checkNames } from "../schema/new-names.ts";
import { printedType } from "../schema/steps.ts";
import type { StoredSchema } from "../schema/stored.ts";
import type { ColumnSchema, TableSchema } from "../schema/types.ts";

/** The schema with the tables, columns and hints of one that is given: what is not there yet is as that says, what is there
 *  gets its hints. Types and whether a column may be null stay where there is a column.
 *  @throws RunletError SCHEMA_INVALID where both have a column in different types */
export function withImported(
  stored: StoredSchema,
  given: SchemaFile | StoredSchema | undefined,
): StoredSchema {
  if (given === undefined) return stored;
  const imported = importSchema(given, "the schema given");
  const tables = { ...stored.tables };
  for (const table of Object.values(dataTables(imported.tables))) {
    const known = own(tables, table.name);
    if (!known) checkNames(table.name, Object.keys(table.columns));
    tables[table.name] = withTable(known, table);
  }
  return { ...stored, tables };
}

function withTable(known: TableSchema | undefined, given: TableSchema): TableSchema {
  const { "x-normalizer": _, ...table } = given;
  if (!known) return table;
  const columns = { ...known.columns };
  for (const column of Object.values(table.columns)) columns[column.name] = withColumn(known, column);
  return { ...known, ...table, columns };
}

function withColumn(table: TableSchema, { "x-normalizer": _, ...column }: ColumnSchema): ColumnSchema {
  const known = table.columns[column.name];
  if (known?.data_type === undefined) return column;
  const [has, wants] = [printedType(known), printedType(column)];
  if (column.data_type !== undefined && has !== wants) {
    throw new RunletError(
      "SCHEMA_INVALID",
      `column ${column.name} of table ${table.name} is ${has} in the dataset and ${wants} in the schema given`,
      {
        where: { table: table.name, column: column.name },
        hint: "change the dataset with runlet schema apply, or dataset.alter()",
      },
    );
  }
  return { ...known, ...column, ...(known.nullable === undefined ? {} : { nullable: known.nullable }) };
}
