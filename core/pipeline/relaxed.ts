import type { ContractMode } from "../binding/contract.ts";
import { RunletError } from "../errors.ts";
import type { SchemaStep } from "../schema/steps.ts";
import type { ColumnSchema, Tables, TableSchema } from "../schema/types.ts";
import { routedColumns } from "./columns.ts";
import { fieldKey, fieldName, fieldOf } from "./fields.ts";
import { mergingOf } from "./merging.ts";
import { nestedTables, ownTables } from "./nested.ts";
import { tableName } from "./naming.ts";
import type { AnyOptions, Column } from "./options.ts";
import { parsePath } from "./path.ts";
import type { Node, Plan } from "./plan.ts";
import { keys } from "./resource.ts";

type Relaxed = Extract<SchemaStep, { kind: "relax-column" }>;

/** Columns that are never null so far and, by what the resources say now, may be: those declared `nullable: true`, of
 *  nested tables and of those that records name, too, and those that were part of a key, or a row's version, and are not
 *  any more. `mode`: what the contract says of the types of a node's root table; where it lets none change, a column stays
 *  as it is.
 *  @throws RunletError SCHEMA_CONTRACT where one is declared that the contract freezes */
export function relaxedColumns(
  plan: Plan,
  tables: Tables,
  mode: (node: Node, root: string) => ContractMode | undefined = () => undefined,
): Relaxed[] {
  const steps = new Map<string, Relaxed>();
  const add = (step: Relaxed): void => void steps.set(fieldKey([step.table, step.column]), step);
  const isFirm = ({ table, column }: Omit<Relaxed, "kind">) =>
    tables[table]!.columns[column]!.nullable === false;
  for (const node of plan.nodes) {
    if (!node.loaded) continue;
    for (const { root, columns } of rootsOf(node, tables)) {
      const held = mode(node, root);
      const declared = declaredNullable(node.definition.options, columns)
        .flatMap(({ field, as }) => columnAt(tables, root, field, as) ?? [])
        .filter(isFirm);
      if (held === "freeze" && declared[0]) throw frozen(declared[0]);
      if (held) continue;
      for (const found of declared) add({ kind: "relax-column", ...found });
      for (const { table, fill } of keyedTables(plan, node, root))
        if (tables[table]) formerKeys(tables[table], fill).filter(isFirm).forEach(add);
    }
  }
  return [...steps.values()];
}

/** The tables that a node's records go to, with the hints for their columns. */
function rootsOf(
  { name, table, definition: { options } }: Node,
  tables: Tables,
): { root: string; columns: Record<string, Column> }[] {
  const columns = options.columns ?? {};
  const routed = new Map(routedColumns(options).map(({ to, more }) => [to, more]));
  const named = typeof options.table !== "object" ? [] : Object.values(tables).filter(isNamed);
  function isNamed({ parent, resource }: TableSchema): boolean {
    return parent === undefined && resource === name;
  }
  return [...new Set([table, ...routed.keys(), ...named.map((each) => each.name)])].map((root) => ({
    root,
    columns: { ...columns, ...routed.get(root) },
  }));
}

function declaredNullable(
  options: AnyOptions,
  columns: Record<string, Column>,
): { field: string[]; as: string | undefined }[] {
  const hints = [{ above: [] as readonly string[], columns }].concat(
    nestedTables(options).map(({ field, options: { columns = {} } }) => ({ above: field, columns })),
  );
  return hints.flatMap(({ above, columns }) =>
    Object.entries(columns).flatMap(([text, column]) =>
      typeof column === "object" && column.nullable === true
        ? [{ field: [...above, ...fieldOf(text, "columns")], as: column.as }]
        : [],
    ),
  );
}

/** The root table, and those nested in it that stand on their own, each with the options of all that fill it. */
function keyedTables(plan: Plan, node: Node, root: string): { table: string; fill: AnyOptions[] }[] {
  const fillers = plan.nodes
    .filter(({ table }) => table === node.table)
    .map((each) => each.definition.options);
  const nested = ownTables(node.definition.options).map(({ field }) => ({
    table: `${root}__${fieldName(field, () => undefined)}`,
    fill: fillers.flatMap((options) =>
      ownTables(options).flatMap((own) => (fieldKey(own.field) === fieldKey(field) ? [own.options] : [])),
    ),
  }));
  return [{ table: root, fill: fillers }, ...nested];
}

function frozen({ table, column }: Omit<Relaxed, "kind">): RunletError {
  return new RunletError("SCHEMA_CONTRACT", `${table}: data_type is frozen: ${column} is not nullable`, {
    where: { table, column, entity: "data_type", mode: "freeze" },
    hint: 'nothing loaded: let types evolve (contract: { data_type: "evolve" }), or leave out nullable: true',
  });
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
  field: readonly string[],
  as: string | undefined,
): { table: string; column: string } | undefined {
  const steps = [...field];
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
