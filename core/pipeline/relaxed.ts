import type { SchemaStep } from "../schema/steps.ts";
import type { ColumnSchema, Tables, TableSchema } from "../schema/types.ts";
import { mergingOf } from "./merging.ts";
import { tableName } from "./naming.ts";
import type { AnyOptions } from "./options.ts";
import { parsePath } from "./path.ts";
import type { Plan } from "./plan.ts";
import { keys } from "./resource.ts";

type Relaxed = Extract<SchemaStep, { kind: "relax-column" }>;

/** Columns that are never null so far and, by what the resources say now, may be: those declared `nullable: true`, and
 *  those that were part of a key, or a row's version, and are not any more. */
export function relaxedColumns(plan: Plan, tables: Tables): Relaxed[] {
  const steps: Relaxed[] = [];
  for (const { loaded, table, definition } of plan.nodes) {
    if (!loaded) continue;
    const { options } = definition;
    for (const [field, column] of Object.entries(options.columns ?? {})) {
      if (typeof column !== "object" || column.nullable !== true) continue;
      const found = columnAt(tables, table, field, column.as);
      if (found) steps.push({ kind: "relax-column", ...found });
    }
    const root = tables[table];
    const fill = plan.nodes.filter((node) => node.table === table).map((node) => node.definition.options);
    if (root) steps.push(...formerKeys(root, fill));
  }
  return steps.filter(({ table, column }) => tables[table]!.columns[column]!.nullable === false);
}

/** The tables after these steps. */
export function relaxedTables(tables: Tables, steps: readonly Relaxed[]): Tables {
  let result = tables;
  for (const { table, column } of steps) {
    const known = result[table]!;
    const relaxed = { ...known.columns[column]!, nullable: true };
    result = { ...result, [table]: { ...known, columns: { ...known.columns, [column]: relaxed } } };
  }
  return result;
}

/** `fill`: options of all resources that fill the table. */
function formerKeys(root: TableSchema, fill: readonly AnyOptions[]): Relaxed[] {
  const now = new Set(fill.flatMap(keyFields).map(columnName));
  const declared = (name: string): boolean =>
    fill
      .flatMap(({ columns }) => Object.entries(columns ?? {}))
      .some(
        ([field, column]) =>
          typeof column === "object" && column.nullable === false && columnName(column.as ?? field) === name,
      );
  return Object.values(root.columns)
    .filter((column) => isKey(column) && !now.has(column.name) && !declared(column.name))
    .map(({ name }) => ({ kind: "relax-column", table: root.name, column: name }));
}

function keyFields(options: AnyOptions): string[] {
  const { mergeKey = [], rowVersion } = mergingOf(options) ?? {};
  return [...keys(options), ...mergeKey, ...(rowVersion === undefined ? [] : [rowVersion])];
}

function isKey({ name, data_type, primary_key, merge_key, ...column }: ColumnSchema): boolean {
  const isVersion = column["x-row-version"] === true && name !== "_dlt_id";
  return data_type !== undefined && (primary_key === true || merge_key === true || isVersion);
}

/** The column a field leads to: of the table, or of one nested in it, where the field leads through a list. */
function columnAt(
  tables: Tables,
  table: string,
  field: string,
  as: string | undefined,
): { table: string; column: string } | undefined {
  const steps = parsePath(field).filter((step) => step !== null);
  if (as !== undefined) steps.splice(-1, 1, as);
  for (let at = 0; at < steps.length; at++) {
    const of = [table, ...steps.slice(0, at).map(tableName)].join("__");
    const column = steps.slice(at).map(tableName).join("__");
    if (tables[of]?.columns[column]?.data_type !== undefined) return { table: of, column };
  }
  return undefined;
}

function columnName(field: string): string {
  return parsePath(field)
    .filter((step) => step !== null)
    .map(tableName)
    .join("__");
}
