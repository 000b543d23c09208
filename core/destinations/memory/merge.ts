import type { Json } from "../../json.ts";
import { type MergePlan, type MergeTable, RECORD_COLUMN } from "../merge-plan.ts";

type Row = Record<string, Json>;

/** Rows per table of one merge. */
export interface MergeRows {
  /** Rows that are there. */
  readonly there: ReadonlyMap<string, Row[]>;
  /** Rows that wait, in the order they came, with {@link RECORD_COLUMN}. */
  readonly waiting: ReadonlyMap<string, Row[]>;
}

/** What the tables hold after a merge: the outcome of `core/destinations/sql/merge.ts`, in memory. */
export function mergeRows(plan: MergePlan, rows: MergeRows): Map<string, Row[]> {
  const [root, ...nested] = plan.tables;
  const old = plan.anew ? new Map<string, Row[]>() : withRootKeys(plan.tables, rows.there);
  const there = (table: MergeTable): Row[] => old.get(table.name) ?? [];
  const waiting = (table: MergeTable): Row[] => rows.waiting.get(table.name) ?? [];
  const result = new Map<string, Row[]>();
  const append = (table: MergeTable, old: Row[], added: Row[]): void =>
    void result.set(table.name, [...old, ...added.map((row) => pick(row, table.columns))]);

  if (plan.strategy === "scd2") {
    const { from, to, version, boundary, active } = plan.scd2!;
    const end = active ?? null;
    const isActive = (row: Row): boolean => row[to] === end;
    const versionOf = (row: Row): string => printed(row[version]);
    const come = new Set(waiting(root).map(versionOf));
    const scope = valuesOf(waiting(root), plan.mergeKey);
    const closed = there(root).map((row) => {
      const inScope = plan.mergeKey.length === 0 || scope.has(keyOf(row, plan.mergeKey) ?? "");
      return isActive(row) && inScope && !come.has(versionOf(row)) ? { ...row, [to]: boundary } : row;
    });
    const valid = new Set(closed.filter(isActive).map(versionOf));
    const kept = winners(plan, waiting(root), [version], "first");
    const fresh = kept.filter((row) => !valid.has(versionOf(row)));
    append(
      root,
      closed,
      fresh.map((row) => ({ ...row, [from]: boundary, [to]: end })),
    );
    // Row ids that are drawn tell nothing: nested rows go in with the root row that does.
    const records = new Set((version === root.rowKey ? kept : fresh).map((row) => row[RECORD_COLUMN]));
    for (const table of nested) {
      const known = new Set(there(table).map((row) => row[table.rowKey]));
      const added = waiting(table).filter(
        (row) => records.has(row[RECORD_COLUMN]!) && !known.has(row[table.rowKey]!),
      );
      append(table, there(table), added);
    }
    return result;
  }

  const keys = [plan.primaryKey, plan.mergeKey].filter((key) => key.length > 0);
  const link = plan.strategy === "delete-insert" ? undefined : RECORD_COLUMN;
  let kept = winners(
    plan,
    waiting(root),
    plan.primaryKey,
    plan.strategy === "insert-only" ? "first" : "last",
  );
  if (plan.hardDelete) {
    const { column, bool } = plan.hardDelete;
    kept = kept.filter((row) => (bool ? row[column] !== true : (row[column] ?? null) === null));
  }
  const gone = new Set<Json | undefined>();
  const same = unchanged(plan, kept, there(root));
  if (plan.strategy === "insert-only") {
    const known = valuesOf(there(root), plan.primaryKey);
    kept = kept.filter((row) => !known.has(keyOf(row, plan.primaryKey) ?? ""));
    append(root, there(root), kept);
  } else {
    const come = keys.map((key) => ({ key, values: valuesOf(waiting(root), key) }));
    const all = plan.strategy === "cdc" && plan.mergeKey.length === 0;
    const goes = (row: Row): boolean =>
      all || come.some(({ key, values }) => values.has(keyOf(row, key) ?? ""));
    for (const row of there(root)) if (goes(row)) gone.add(row[root.rowKey]);
    append(
      root,
      there(root).filter((row) => same.has(row) || !goes(row)),
      kept.filter((row) => !same.has(row)),
    );
  }
  const taken = new Set(kept.map((row) => row[link ?? root.rowKey]));
  for (const table of nested) {
    append(
      table,
      there(table).filter((row) => !gone.has(row[table.rootKey!])),
      waiting(table).filter((row) => taken.has(row[link ?? table.rootKey!]!)),
    );
  }
  return result;
}

/** Rows that are there and come as they are: of both kinds those that stay, and those that are not taken. */
function unchanged(
  { tables: [root], primaryKey }: MergePlan,
  kept: readonly Row[],
  there: readonly Row[],
): Set<Row> {
  const { compared, rowKey } = root;
  const same = new Set<Row>();
  if (!compared?.length) return same;
  const content = (row: Row): string =>
    JSON.stringify([rowKey, ...primaryKey, ...compared].map((column) => printed(row[column])));
  const known = new Map(there.map((row) => [content(row), row]));
  for (const row of kept) {
    const old = known.get(content(row));
    if (old) same.add(old).add(row);
  }
  return same;
}

/** The rows that are there; those that lack a root key, since the table was not merged when they came, get it from their
 *  parents. */
function withRootKeys(
  tables: readonly MergeTable[],
  there: ReadonlyMap<string, Row[]>,
): ReadonlyMap<string, Row[]> {
  const result = new Map(there);
  for (const { name, parent, parentKey, rootKey } of tables) {
    const above = tables.find((table) => table.name === parent);
    const rows = result.get(name);
    if (!above || !parentKey || !rootKey || !rows?.some((row) => (row[rootKey] ?? null) === null)) continue;
    const roots = new Map(
      (result.get(above.name) ?? []).map((row) => [
        row[above.rowKey],
        row[above.rootKey ?? above.rowKey] ?? null,
      ]),
    );
    result.set(
      name,
      rows.map((row) => ({ ...row, [rootKey]: row[rootKey] ?? roots.get(row[parentKey]!) ?? null })),
    );
  }
  return result;
}

/** Of rows of one key the one that stays, in the order they came. */
function winners(plan: MergePlan, rows: Row[], key: readonly string[], which: "first" | "last"): Row[] {
  if (key.length === 0 || (plan.deduplicated && plan.strategy !== "scd2")) return rows;
  const best = new Map<string, Row>();
  for (const row of rows) {
    // SQL puts rows without a key into one group, too, when it numbers them.
    const id = JSON.stringify(key.map((column) => printed(row[column])));
    const other = best.get(id);
    if (!other || beats(plan, row, other, which)) best.set(id, row);
  }
  const chosen = new Set(best.values());
  return rows.filter((row) => chosen.has(row));
}

function beats({ dedupSort }: MergePlan, row: Row, other: Row, which: "first" | "last"): boolean {
  if (dedupSort) {
    const [mine, theirs] = [row[dedupSort.column] ?? null, other[dedupSort.column] ?? null];
    if (mine === null || theirs === null) {
      if (mine !== theirs) return theirs === null;
    } else if (mine !== theirs) return mine < theirs === (dedupSort.order === "asc");
  }
  return which === "last";
}

function valuesOf(rows: readonly Row[], key: readonly string[]): Set<string> {
  return new Set(rows.map((row) => keyOf(row, key)).filter((value) => value !== undefined));
}

/** The key's values as text; undefined where one is null, which equals nothing. */
function keyOf(row: Row, key: readonly string[]): string | undefined {
  if (key.length === 0 || key.some((column) => (row[column] ?? null) === null)) return undefined;
  return JSON.stringify(key.map((column) => printed(row[column])));
}

/** Integers are numbers or bigint, by size. */
function printed(value: Json | undefined): string {
  return typeof value === "bigint" || typeof value === "number"
    ? String(value)
    : JSON.stringify(value ?? null, (_, inner: unknown) => (typeof inner === "bigint" ? `${inner}n` : inner));
}

function pick(row: Row, columns: readonly string[]): Row {
  return Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));
}
