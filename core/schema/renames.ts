import { RunletError } from "../errors.ts";
import type { ColumnSchema, Tables, TableSchema } from "./types.ts";

/** Renames by the old name: `{ users: "people", "users.name": "full_name" }`. A column's is `table.column`, by the old
 *  name of its table or the new one; its new name may have the table before it. */
export type Renames = Readonly<Record<string, string>>;

/** Renames of a schema. */
export interface FoundRenames {
  /** New names by old ones, a table before those nested in it. */
  tables: Map<string, string>;
  /** By the table's new name: new names by old ones. */
  columns: Map<string, Map<string, string>>;
}

/** What `to` and `renames` say of names that `from` has otherwise. A table takes those nested in it along, where `to` has
 *  them under the new name.
 *  @throws RunletError SCHEMA_INVALID where a name is not there, or taken */
export function impliedRenames(from: Tables, to: Tables, renames: Renames): FoundRenames {
  const wanted = new Map<string, string>();
  const columns = new Map<string, Map<string, string>>();
  for (const table of Object.values(to)) {
    const old = renamedFrom(table);
    if (old !== undefined && from[old] && old !== table.name) wanted.set(old, table.name);
  }
  for (const [old, name] of Object.entries(renames)) if (!old.includes(".")) wanted.set(old, name);
  const tables = new Map<string, string>();
  for (const [old, name] of wanted) {
    if (!from[old]) throw missing(`table ${old}`);
    if (!to[name]) throw missing(`table ${name}`, "the schema to be reached");
    tables.set(old, name);
  }
  for (const [old, name] of [...tables]) {
    for (const nested of Object.keys(from).filter((each) => each.startsWith(`${old}__`))) {
      const moved = name + nested.slice(old.length);
      if (!tables.has(nested) && to[moved] && !to[nested] && !from[moved]) tables.set(nested, moved);
    }
  }
  for (const [old, name] of tables) refuseTaken(from[name] && !tables.has(name), `table ${old}`, name);
  const oldNames = new Map([...tables].map(([old, name]) => [name, old]));
  const add = (table: string, old: string, name: string): void => {
    const before = from[oldNames.get(table) ?? table];
    if (!before?.columns[old]) throw missing(`column ${old} of table ${table}`);
    if (!to[table]?.columns[name])
      throw missing(`column ${name} of table ${table}`, "the schema to be reached");
    columns.set(table, (columns.get(table) ?? new Map<string, string>()).set(old, name));
  };
  for (const table of Object.values(to)) {
    const before = from[oldNames.get(table.name) ?? table.name];
    for (const column of Object.values(table.columns)) {
      const old = renamedFrom(column);
      if (old !== undefined && old !== column.name && before?.columns[old] && !before.columns[column.name])
        add(table.name, old, column.name);
    }
  }
  for (const [old, name] of Object.entries(renames)) {
    const [table, column] = parts(old);
    if (column !== undefined) add(tables.get(table) ?? table, column, parts(name)[1] ?? name);
  }
  for (const [table, of] of columns) {
    const before = from[oldNames.get(table) ?? table]!;
    for (const [old, name] of of)
      refuseTaken(
        before.columns[name]?.data_type !== undefined && !of.has(name),
        `column ${table}.${old}`,
        name,
      );
  }
  return { tables, columns };
}

/** A schema with other names, for a target that is said by renames alone. What `to` has under the new name already stays
 *  as it is there. */
export function renamedTables(tables: Tables, renames: Renames): Tables {
  let result = tables;
  for (const [old, name] of Object.entries(renames)) {
    const [table, column] = parts(old);
    const at = renames[table] ?? table;
    if (column === undefined) result = withTable(result, table, name);
    else if (result[at]) result = { ...result, [at]: withColumn(result[at], column, parts(name)[1] ?? name) };
  }
  return result;
}

function withTable(tables: Tables, old: string, name: string): Tables {
  if (!tables[old] || tables[name]) return tables;
  const moved = new Map<string, string>([[old, name]]);
  // Names of nested tables follow; one that had to be shortened keeps its own.
  for (const each of Object.keys(tables))
    if (each.startsWith(`${old}__`)) moved.set(each, name + each.slice(old.length));
  return Object.fromEntries(
    Object.values(tables).map((table) => {
      const parent = table.parent === undefined ? undefined : (moved.get(table.parent) ?? table.parent);
      const to = moved.get(table.name) ?? table.name;
      return [to, { ...table, name: to, ...(parent === undefined ? {} : { parent }) }];
    }),
  );
}

function withColumn(table: TableSchema, old: string, name: string): TableSchema {
  if (!table.columns[old] || table.columns[name]) return table;
  return {
    ...table,
    columns: Object.fromEntries(
      Object.values(table.columns).map((column) =>
        column.name === old ? [name, { ...column, name }] : [column.name, column],
      ),
    ),
  };
}

function parts(name: string): [table: string, column: string | undefined] {
  const dot = name.indexOf(".");
  return dot < 0 ? [name, undefined] : [name.slice(0, dot), name.slice(dot + 1)];
}

function renamedFrom(of: TableSchema | ColumnSchema): string | undefined {
  const own = of["x-runlet"] as { renamedFrom?: unknown } | undefined;
  return typeof own?.renamedFrom === "string" ? own.renamedFrom : undefined;
}

function missing(what: string, where = "the dataset"): RunletError {
  return new RunletError("SCHEMA_INVALID", `cannot rename: ${where} has no ${what}`, {
    hint: "names are those of tables and columns: users=people, users.name=full_name",
  });
}

function refuseTaken(isTaken: boolean | undefined, what: string, name: string): void {
  if (!isTaken) return;
  throw new RunletError("SCHEMA_INVALID", `${what} cannot be called ${name}: there is one of that name`, {
    hint: "drop or rename that one first",
  });
}
