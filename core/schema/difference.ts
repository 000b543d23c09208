import { RunletError } from "../errors.ts";
import { dataTables } from "./document.ts";
import { type Renames, impliedRenames } from "./renames.ts";
import { type HintChange, printedType, type SchemaStep } from "./steps.ts";
import type { ColumnSchema, Tables, TableSchema } from "./types.ts";
import { widening } from "./widening.ts";

export interface SchemaDifference {
  /** What has to be done at the destination, in order. */
  steps: SchemaStep[];
  /** What differs in the documents only. */
  hints: HintChange[];
}

/** What leads from one schema to another. Data tables only: dlt's own are left alone. Renames are told by
 *  `x-runlet: {renamedFrom}` of a table or column in `to`, and by `renames`; all else that is not in `to` is dropped.
 *  `isEmpty`: the table, by its name in `from`, has no values that another type could harm.
 *  @throws RunletError SCHEMA_INVALID where no steps lead there without harm to a value */
export function diffSchemas(
  from: Tables,
  to: Tables,
  renames: Renames = {},
  isEmpty: (table: string) => boolean = () => false,
): SchemaDifference {
  const before = dataTables(from);
  const after = dataTables(to);
  checkParents(after);
  const { tables: renamed, columns: renamedColumns } = impliedRenames(before, after, renames);
  const steps: SchemaStep[] = [];
  const hints: HintChange[] = [];
  const oldNames = new Map([...renamed].map(([old, name]) => [name, old]));
  for (const [table, name] of renamed) {
    if (isAtDestination(before[table]!)) steps.push({ kind: "rename-table", table, to: name });
  }
  // Nested tables before those they hang on.
  for (const table of Object.values(before).reverse()) {
    if (renamed.has(table.name) || after[table.name]) continue;
    if (isAtDestination(table)) steps.push({ kind: "drop-table", table: table.name });
  }
  for (const table of Object.values(after)) {
    const known = before[oldNames.get(table.name) ?? table.name];
    if (!known || !isAtDestination(known)) {
      if (isAtDestination(table))
        steps.push({ kind: "create-table", table: table.name, schema: withoutMarks(table) });
      continue;
    }
    const ofTable = renamedColumns.get(table.name) ?? new Map<string, string>();
    steps.push(...columnSteps(known, table, ofTable, isEmpty(known.name)));
    hints.push(...tableHints(known, table, ofTable));
  }
  return { steps, hints };
}

function columnSteps(
  before: TableSchema,
  after: TableSchema,
  renamed: ReadonlyMap<string, string>,
  isEmpty: boolean,
): SchemaStep[] {
  const table = after.name;
  const steps: SchemaStep[] = [];
  const oldNames = new Map([...renamed].map(([old, name]) => [name, old]));
  for (const [column, to] of renamed) {
    refuseSystem("rename", table, column);
    refuseSystem("rename", table, to);
    if (before.columns[column]?.data_type !== undefined)
      steps.push({ kind: "rename-column", table, column, to });
  }
  for (const { name, data_type } of Object.values(before.columns)) {
    if (data_type === undefined || renamed.has(name) || after.columns[name]?.data_type !== undefined)
      continue;
    refuseSystem("drop", table, name);
    steps.push({ kind: "drop-column", table, column: name, type: data_type });
  }
  for (const column of Object.values(after.columns)) {
    if (column.data_type === undefined) continue;
    const known = before.columns[oldNames.get(column.name) ?? column.name];
    if (known?.data_type === undefined) {
      steps.push({ kind: "add-column", table, column: column.name, schema: column });
      continue;
    }
    if (printedType(known) !== printedType(column)) {
      if (!isEmpty && !widening(known, column)) throw notWidening(table, known, column);
      steps.push({ kind: "widen-column", table, column: column.name, from: known, schema: column });
    }
    if (known.nullable === false && column.nullable !== false) {
      refuseSystem("relax", table, column.name);
      steps.push({ kind: "relax-column", table, column: column.name });
    }
  }
  return steps;
}

/** What of a column is in its steps, or says how it came about. */
const OF_COLUMN_STEPS = ["name", "data_type", "precision", "scale", "timezone", "x-runlet", "x-normalizer"];
const OF_TABLE_STEPS = ["name", "columns", "x-runlet", "x-normalizer"];

function tableHints(
  before: TableSchema,
  after: TableSchema,
  renamed: ReadonlyMap<string, string>,
): HintChange[] {
  const changes: HintChange[] = changedHints(before, after, OF_TABLE_STEPS).map((change) => ({
    table: after.name,
    ...change,
  }));
  const oldNames = new Map([...renamed].map(([old, name]) => [name, old]));
  for (const column of Object.values(after.columns)) {
    const known = before.columns[oldNames.get(column.name) ?? column.name];
    if (!known) continue;
    const relaxed = known.nullable === false && column.nullable !== false;
    const omitted = relaxed ? [...OF_COLUMN_STEPS, "nullable"] : OF_COLUMN_STEPS;
    for (const change of changedHints(withDefaults(known), withDefaults(column), omitted))
      changes.push({ table: after.name, column: column.name, ...change });
  }
  return changes;
}

/** A hint that is false says as much as none; a column without a word on null may be null. */
function withDefaults(column: ColumnSchema): ColumnSchema {
  return { ...column, nullable: column.nullable ?? true };
}

function changedHints(
  before: object,
  after: object,
  omitted: readonly string[],
): Pick<HintChange, "hint" | "from" | "to">[] {
  const value = (of: object, hint: string): unknown => (of as Record<string, unknown>)[hint];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((hint) => !omitted.includes(hint))
    .map((hint) => ({ hint, from: value(before, hint), to: value(after, hint) }))
    .filter(({ hint, from, to }) => printed(hint, from) !== printed(hint, to));
}

function printed(hint: string, value: unknown): string {
  const none = value === undefined || value === null || (value === false && hint !== "nullable");
  return none
    ? ""
    : JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? `${each}` : each));
}

function isAtDestination(table: TableSchema): boolean {
  return Object.values(table.columns).some((column) => column.data_type !== undefined);
}

/** The table without what tells only how it came about. */
function withoutMarks(table: TableSchema): TableSchema {
  const { "x-runlet": _, ...rest } = table;
  return rest as TableSchema;
}

function checkParents(tables: Tables): void {
  for (const { name, parent } of Object.values(tables)) {
    if (parent === undefined || tables[parent]) continue;
    throw new RunletError("SCHEMA_INVALID", `table ${name} is nested in ${parent}, which is not there`, {
      where: { table: name },
      hint: "drop or rename it together with the table it is nested in",
    });
  }
}

function refuseSystem(doing: "drop" | "rename" | "relax", table: string, column: string): void {
  if (!column.startsWith("_dlt_")) return;
  throw new RunletError(
    "SCHEMA_INVALID",
    `cannot ${doing} column ${column} of table ${table}: dlt relies on it`,
    {
      where: { table, column },
      hint: "keep the columns whose names begin with _dlt_ as runlet schema export writes them",
    },
  );
}

function notWidening(table: string, from: ColumnSchema, to: ColumnSchema): RunletError {
  return new RunletError(
    "SCHEMA_INVALID",
    `column ${to.name} of table ${table} is ${printedType(from)} and cannot become ${printedType(to)}: values would change`,
    {
      where: { table, column: to.name },
      hint: `rename it (x-runlet: {renamedFrom: …}) and add ${to.name} beside it, or load the table anew with refresh: "resources"`,
    },
  );
}
