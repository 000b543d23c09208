import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { dltCell } from "./dlt-cell.ts";

/** One file that real dlt loaded (`test/data/oracle/manifest.json`). */
export interface DltFile {
  name: string;
  group: string;
  /** Path below the data folder; null where the file is one made with row ids, at `ids`. */
  file: string | null;
  ids?: string;
  format: "json" | "ndjson";
  resource: string;
  /** Number of records. */
  input: number;
  /** Where the records are. */
  records?: string[];
  maxTableNesting?: number;
  tables?: Record<string, number>;
  error?: { type: string; message: string };
}

/** What `test/oracle/run.py` froze of a table: counts, types, and digests of the cells. */
export interface FrozenTable {
  rows: number;
  parent?: string;
  digest: string;
  columns: Record<
    string,
    { type: string; values: number; nullable?: false; variant?: true; digest?: string; beyond64?: number }
  >;
  nullOnly?: string[];
}

/** A table of the engine or of the reference. */
export interface ReadTable {
  parent: string | undefined;
  columns: Map<string, { type: string; variant: boolean }>;
  pending: Set<string>;
  rows: Map<string, string>[];
}

/** The long run (`RUNLET_FULL=1`) takes the shared data beside this repository, too. */
const FOLDERS = ["test/data/inputs", ...(process.env.RUNLET_FULL ? ["../shared/data"] : [])];
const ORACLE = "test/data/oracle";

export function dltFiles(): DltFile[] {
  if (!existsSync(`${ORACLE}/manifest.json`)) return [];
  return (JSON.parse(readFileSync(`${ORACLE}/manifest.json`, "utf8")) as { files: DltFile[] }).files;
}

const groups = new Map<string, Record<string, Record<string, FrozenTable>>>();

export function frozenTables(file: DltFile): Record<string, FrozenTable> {
  let group = groups.get(file.group);
  if (!group) {
    group = JSON.parse(readFileSync(`${ORACLE}/files/${file.group}.json`, "utf8")) as NonNullable<
      typeof group
    >;
    groups.set(file.group, group);
  }
  return group[file.name]!;
}

/** The file's bytes, or undefined where it is in neither folder. */
export function dltFileBytes(file: DltFile): Uint8Array | undefined {
  const path = FOLDERS.map((folder) => `${folder}/${file.file ?? file.ids!}`).find((path) =>
    existsSync(path),
  );
  if (path === undefined) return undefined;
  const bytes = readFileSync(path);
  return path.endsWith(".gz") ? gunzipSync(bytes) : bytes;
}

export interface FileParity {
  tables: number;
  columns: number;
  rows: number;
  /** `table`, or `table.column`, and what differs. */
  mismatches: { at: string; told: string }[];
}

/** Columns that are random in dlt; where the roots' ids are given, only the load id is. */
export const RANDOM: ReadonlySet<string> = new Set([
  "_dlt_id",
  "_dlt_load_id",
  "_dlt_parent_id",
  "_dlt_root_id",
]);
export const RANDOM_LOAD: ReadonlySet<string> = new Set(["_dlt_load_id"]);

/** Tables beside what dlt made: names, parents, rows, columns, types, variants, null-only columns, counts and digests of values. */
export function fileParity(
  frozen: Record<string, FrozenTable>,
  tables: Map<string, ReadTable>,
  hidden: ReadonlySet<string>,
): FileParity {
  const out: FileParity = { tables: 0, columns: 0, rows: 0, mismatches: [] };
  const tell = (at: string, told: string) => out.mismatches.push({ at, told });
  for (const name of tables.keys()) if (!frozen[name]) tell(name, "dlt has no such table");
  for (const [name, expected] of Object.entries(frozen)) {
    const table = tables.get(name);
    out.tables++;
    if (!table) {
      tell(name, `missing (${expected.rows} rows)`);
      continue;
    }
    out.rows += expected.rows;
    if (table.parent !== expected.parent) tell(name, `parent ${table.parent}, dlt ${expected.parent}`);
    if (table.rows.length !== expected.rows) tell(name, `${table.rows.length} rows, dlt ${expected.rows}`);
    const pending = [...table.pending].sort().join();
    const nullOnly = (expected.nullOnly ?? []).join();
    if (pending !== nullOnly) tell(name, `null-only [${pending}], dlt [${nullOnly}]`);
    for (const column of table.columns.keys()) {
      if (!expected.columns[column]) tell(`${name}.${column}`, "dlt has no such column");
    }
    let equal = true;
    for (const [column, stated] of Object.entries(expected.columns)) {
      if (hidden.has(column)) continue;
      out.columns++;
      const told = columnMismatch(table, column, stated);
      if (told === undefined) continue;
      tell(`${name}.${column}`, told);
      equal = false;
    }
    // A column that differs makes the rows differ, too: that is told once.
    if (equal && digest(table.rows.map((row) => rowText(table, row, hidden))) !== expected.digest)
      tell(name, "rows differ");
  }
  return out;
}

function typeOf(table: ReadTable, name: string): { type: string; variant: boolean } | undefined {
  if (name.startsWith("_dlt_") && !table.columns.has(name)) {
    return { type: name === "_dlt_list_idx" ? "bigint" : "text", variant: false };
  }
  return table.columns.get(name);
}

function columnMismatch(
  table: ReadTable,
  name: string,
  expected: FrozenTable["columns"][string],
): string | undefined {
  const column = typeOf(table, name);
  const shown = (type: string, variant?: boolean) => type + (variant ? " variant" : "");
  if (!column) return `missing (${shown(expected.type, expected.variant)})`;
  if (shown(column.type, column.variant) !== shown(expected.type, expected.variant)) {
    return `${shown(column.type, column.variant)}, dlt ${shown(expected.type, expected.variant)}`;
  }
  const cells = table.rows.map((row) => dltCell(column.type, row.get(name)));
  const values = cells.filter((cell) => cell !== "n").length;
  if (values !== expected.values) return `${values} values, dlt ${expected.values}`;
  return expected.digest === undefined || digest(cells) === expected.digest ? undefined : "values differ";
}

function rowText(table: ReadTable, row: Map<string, string>, hidden: ReadonlySet<string>): string {
  return [...row]
    .filter(([name]) => !hidden.has(name))
    .map(([name, text]): [string, string] => [name, dltCell(typeOf(table, name)!.type, text)])
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, cell]) => `${name}=${cell}`)
    .join("\x1f");
}

/** See `digest` in `test/oracle/canonical.py`. */
function digest(cells: string[]): string {
  const hash = createHash("sha256");
  const sorted = cells.map((cell) => Buffer.from(cell, "utf8")).sort(Buffer.compare);
  for (const cell of sorted) {
    hash.update(`${cell.length}:`);
    hash.update(cell);
  }
  return hash.digest("hex").slice(0, 16);
}
