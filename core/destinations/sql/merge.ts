import { type MergePlan, type MergeTable, RECORD_COLUMN } from "../merge-plan.ts";
import { quoteName, quoteText } from "./quote.ts";

/** What differs between databases in a merge. Staged rows are in temporary tables of the same transaction. */
export interface MergeDialect {
  /** A table at the destination, as SQL. */
  target(table: string): string;
  /** Its staged rows, as SQL. */
  stage(table: string): string;
  /** A temporary table of the transaction, as SQL. */
  temporary(name: string): string;
  /** Column of staged rows that grows as they come. */
  readonly arrival: string;
}

const KEPT = "_runlet_kept";
const GONE = "_runlet_gone";
const SAME = "_runlet_same";

/** The statements of one merge, in order. Each is set-based, joins on equality only, and so stays linear in the rows. The
 *  outcome is that of dlt's merge jobs (dlt/destinations/sql_jobs.py); what differs is in docs/deviations.md. */
export function mergeStatements(plan: MergePlan, dialect: MergeDialect): string[] {
  const merge = new Merge(plan, dialect);
  return [...(plan.anew ? merge.empty() : []), ...statementsOf(plan, merge)];
}

function statementsOf(plan: MergePlan, merge: Merge): string[] {
  switch (plan.strategy) {
    case "delete-insert":
    case "upsert":
    case "cdc":
      return plan.tables[0].compared?.length ? merge.changed() : merge.deleteInsert();
    case "insert-only":
      return merge.insertOnly();
    case "scd2":
      return merge.scd2();
  }
}

/** Asks whether some nested row lacks its root key: one row or none. */
export function rootlessQuery(plan: MergePlan, { target }: MergeDialect): string | undefined {
  const keyed = plan.strategy === "scd2" ? [] : plan.tables.filter(({ rootKey }) => rootKey);
  const lacks = keyed.map(
    ({ name, rootKey }) => `EXISTS (SELECT 1 FROM ${target(name)} WHERE ${quoteName(rootKey!)} IS NULL)`,
  );
  return lacks.length ? `SELECT 1 WHERE ${lacks.join(" OR ")}` : undefined;
}

/** Fills root keys that rows of a nested table lack because the table was not merged when they came: from the parents'
 *  ids, parents first. */
export function rootKeyStatements(tables: readonly MergeTable[], dialect: MergeDialect): string[] {
  return tables.flatMap((table) => {
    const parent = tables.find(({ name }) => name === table.parent);
    if (!parent || !table.rootKey || !table.parentKey) return [];
    const rootKey = quoteName(table.rootKey);
    return [
      `UPDATE ${dialect.target(table.name)} AS d SET ${rootKey} = p.${quoteName(parent.rootKey ?? parent.rowKey)}
       FROM ${dialect.target(parent.name)} AS p
       WHERE d.${rootKey} IS NULL AND p.${quoteName(parent.rowKey)} = d.${quoteName(table.parentKey)}`,
    ];
  });
}

class Merge {
  readonly #plan: MergePlan;
  readonly #dialect: MergeDialect;
  readonly #root: MergeTable;
  readonly #nested: readonly MergeTable[];
  readonly #kept: string;
  readonly #gone: string;
  readonly #same: string;

  constructor(plan: MergePlan, dialect: MergeDialect) {
    this.#plan = plan;
    this.#dialect = dialect;
    [this.#root, ...this.#nested] = plan.tables;
    this.#kept = dialect.temporary(KEPT);
    this.#gone = dialect.temporary(GONE);
    this.#same = dialect.temporary(SAME);
  }

  empty(): string[] {
    return this.#plan.tables.map((table) => `DELETE FROM ${this.#target(table)}`);
  }

  deleteInsert(): string[] {
    return [...this.#delete(), ...this.#keep("DESC", this.#notDeleted()), ...this.#insert(), ...this.#drop()];
  }

  /** As {@link deleteInsert}, without touching rows that come as they are. */
  changed(): string[] {
    const { arrival } = this.#dialect;
    const [root, key] = [this.#root, quoteName(this.#root.rowKey)];
    const arrived = `s.${arrival} IN (SELECT _runlet_arrived FROM ${this.#same})`;
    return [
      ...this.#keep("DESC", this.#notDeleted()),
      `CREATE TEMP TABLE ${SAME} AS SELECT s.${arrival} AS _runlet_arrived, d.${key} AS _runlet_id
       FROM ${this.#stage()} AS s JOIN ${this.#target()} AS d ON d.${key} = s.${key}
       WHERE ${[this.#matches(this.#plan.primaryKey, "d", "s"), this.#isKept(root), isEqual(root)].join(" AND ")}`,
      ...this.#delete(
        (table) =>
          `EXISTS (SELECT 1 FROM ${this.#stage(table)} AS s WHERE s.${quoteName(table.rowKey)} = d.${quoteName(table.rowKey)}
           AND ${this.#isKept(table)} AND ${isEqual(table)})`,
        `d.${key} IN (SELECT _runlet_id FROM ${this.#same})`,
      ),
      this.#insertInto(root, [this.#isKept(root), `NOT (${arrived})`]),
      ...this.#nested.map((table) => {
        const id = quoteName(table.rowKey);
        return this.#insertInto(table, [
          this.#isKept(table),
          `NOT EXISTS (SELECT 1 FROM ${this.#target(table)} AS d WHERE d.${id} = s.${id})`,
        ]);
      }),
      ...this.#drop(),
    ];
  }

  insertOnly(): string[] {
    const there = this.#matches(this.#plan.primaryKey, "d", "s");
    const isNew = `NOT EXISTS (SELECT 1 FROM ${this.#target()} AS d WHERE ${there})`;
    return [...this.#keep("ASC", [...this.#notDeleted(), isNew]), ...this.#insert(), ...this.#drop()];
  }

  scd2(): string[] {
    const { from, to, version, boundary, active } = this.#plan.scd2!;
    const [valid, hash] = [quoteName(to), quoteName(version)];
    const isActive =
      active === undefined ? `d.${valid} IS NULL` : `d.${valid} = TIMESTAMPTZ ${quoteText(active)}`;
    const closed = [
      isActive,
      `NOT EXISTS (SELECT 1 FROM ${this.#stage()} AS s WHERE s.${hash} = d.${hash})`,
      ...(this.#plan.mergeKey.length ? [this.#exists(this.#plan.mergeKey)] : []),
    ];
    const time = `TIMESTAMPTZ ${quoteText(boundary)}`;
    const end = active === undefined ? "CAST(NULL AS TIMESTAMPTZ)" : `TIMESTAMPTZ ${quoteText(active)}`;
    const columns = this.#root.columns.filter((column) => column !== from && column !== to).map(quoteName);
    const isNew = `NOT EXISTS (SELECT 1 FROM ${this.#target()} AS d WHERE ${isActive} AND d.${hash} = s.${hash})`;
    // Row ids that are drawn tell nothing: nested rows go in with the root row that does.
    const isDrawn = version !== this.#root.rowKey;
    return [
      `UPDATE ${this.#target()} AS d SET ${valid} = ${time} WHERE ${closed.join(" AND ")}`,
      ...this.#keep("ASC", isDrawn ? [isNew] : [], [version]),
      `INSERT INTO ${this.#target()} (${[...columns, quoteName(from), valid].join(", ")})
       SELECT ${[...columns.map((column) => `s.${column}`), time, end].join(", ")} FROM ${this.#stage()} AS s
       WHERE ${this.#isKept(this.#root)} AND ${isNew} ORDER BY s.${this.#dialect.arrival}`,
      ...this.#nested.map((table) => {
        const key = quoteName(table.rowKey);
        return this.#insertInto(table, [
          this.#isKept(table),
          `NOT EXISTS (SELECT 1 FROM ${this.#target(table)} AS d WHERE d.${key} = s.${key})`,
        ]);
      }),
      ...this.#drop(),
    ];
  }

  /** Takes away the rows whose keys have come, nested ones first, since they are found by the root rows. */
  #delete(stays?: (nested: MergeTable) => string, rootStays?: string): string[] {
    const { primaryKey, mergeKey, strategy } = this.#plan;
    const all = strategy === "cdc" && mergeKey.length === 0;
    const keys = all ? [[]] : [primaryKey, mergeKey].filter((key) => key.length > 0);
    const goes = (key: readonly string[]) => (key.length ? this.#exists(key) : "TRUE");
    const rowKey = quoteName(this.#root.rowKey);
    const statements: string[] = [];
    if (keys.length && this.#nested.length) {
      const rows = keys.map(
        (key) => `SELECT d.${rowKey} AS _runlet_id FROM ${this.#target()} AS d WHERE ${goes(key)}`,
      );
      statements.push(`CREATE TEMP TABLE ${GONE} AS ${rows.join(" UNION ")}`);
      for (const table of this.#nested) {
        statements.push(
          `DELETE FROM ${this.#target(table)} AS d WHERE d.${quoteName(table.rootKey!)} IN (SELECT _runlet_id FROM ${this.#gone})${
            stays ? ` AND NOT ${stays(table)}` : ""
          }`,
        );
      }
    }
    const rest = rootStays ? ` AND NOT (${rootStays})` : "";
    for (const key of keys) statements.push(`DELETE FROM ${this.#target()} AS d WHERE ${goes(key)}${rest}`);
    return statements;
  }

  /** Notes which staged root rows are taken: of each key one, of those the condition holds for. `latest`: whether the
   *  first or the last that came wins where no order is given. */
  #keep(
    latest: "ASC" | "DESC",
    conditions: readonly string[],
    key: readonly string[] = this.#plan.primaryKey,
  ): string[] {
    const { deduplicated, dedupSort, strategy } = this.#plan;
    const { arrival } = this.#dialect;
    const ids = [`s.${arrival} AS _runlet_arrived`, `s.${this.#link(this.#root)} AS _runlet_id`];
    const where = conditions.length ? ` WHERE ${conditions.join(" AND ")}` : "";
    const unique = key.length === 0 || (deduplicated === true && strategy !== "scd2");
    if (unique && !this.#isFiltered()) return [];
    if (unique) {
      return [`CREATE TEMP TABLE ${KEPT} AS SELECT ${ids.join(", ")} FROM ${this.#stage()} AS s${where}`];
    }
    const order = [
      ...(dedupSort ? [`s.${quoteName(dedupSort.column)} ${dedupSort.order} NULLS LAST`] : []),
      `s.${arrival} ${latest}`,
    ];
    const partition = key.map((column) => `s.${quoteName(column)}`);
    // The winner is told before the condition: a row that is marked as deleted wins, and is not taken.
    const marks = this.#plan.hardDelete ? [`s.${quoteName(this.#plan.hardDelete.column)}`] : [];
    const compared = [...new Set([...partition, ...marks])];
    return [
      `CREATE TEMP TABLE ${KEPT} AS SELECT s._runlet_arrived, s._runlet_id FROM (
         SELECT ${[...ids, ...compared].join(", ")},
           ROW_NUMBER() OVER (PARTITION BY ${partition.join(", ")} ORDER BY ${order.join(", ")}) AS _runlet_place
         FROM ${this.#stage()} AS s
       ) AS s WHERE ${["s._runlet_place = 1", ...conditions].join(" AND ")}`,
    ];
  }

  /** Whether some staged rows are not taken, so that {@link KEPT} is there to ask. */
  #isFiltered(): boolean {
    const { strategy, primaryKey, deduplicated, hardDelete } = this.#plan;
    if (strategy === "insert-only" || strategy === "scd2" || hardDelete || this.#root.compared?.length)
      return true;
    return primaryKey.length > 0 && deduplicated !== true;
  }

  #insert(): string[] {
    return this.#plan.tables.map((table) =>
      this.#insertInto(table, this.#isFiltered() ? [this.#isKept(table)] : []),
    );
  }

  /** Rows go into the table in the order they came. */
  #insertInto(table: MergeTable, conditions: readonly string[]): string {
    const columns = table.columns.map(quoteName);
    const where = conditions.length ? ` WHERE ${conditions.join(" AND ")}` : "";
    return `INSERT INTO ${this.#target(table)} (${columns.join(", ")})
      SELECT ${columns.map((column) => `s.${column}`).join(", ")} FROM ${this.#stage(table)} AS s${where}
      ORDER BY s.${this.#dialect.arrival}`;
  }

  #isKept(table: MergeTable): string {
    return table === this.#root
      ? `s.${this.#dialect.arrival} IN (SELECT _runlet_arrived FROM ${this.#kept})`
      : `s.${this.#link(table)} IN (SELECT _runlet_id FROM ${this.#kept})`;
  }

  /** Column by which a staged row is known to belong to its record. */
  #link(table: MergeTable): string {
    if (this.#nested.length === 0) return quoteName(table.rowKey);
    if (this.#plan.strategy !== "delete-insert") return quoteName(RECORD_COLUMN);
    return quoteName(table.rootKey ?? table.rowKey);
  }

  #notDeleted(): string[] {
    const { hardDelete } = this.#plan;
    if (!hardDelete) return [];
    const column = `s.${quoteName(hardDelete.column)}`;
    return [hardDelete.bool ? `${column} IS NOT TRUE` : `${column} IS NULL`];
  }

  #exists(key: readonly string[]): string {
    return `EXISTS (SELECT 1 FROM ${this.#stage()} AS s WHERE ${this.#matches(key, "d", "s")})`;
  }

  #matches(key: readonly string[], one: string, other: string): string {
    return key.map((column) => `${one}.${quoteName(column)} = ${other}.${quoteName(column)}`).join(" AND ");
  }

  #target(table: MergeTable = this.#root): string {
    return this.#dialect.target(table.name);
  }

  #stage(table: MergeTable = this.#root): string {
    return this.#dialect.stage(table.name);
  }

  #drop(): string[] {
    return [this.#kept, this.#gone, this.#same].map((table) => `DROP TABLE IF EXISTS ${table}`);
  }
}

function isEqual({ compared }: MergeTable): string {
  const equal = (compared ?? [])
    .map(quoteName)
    .map((column) => `d.${column} IS NOT DISTINCT FROM s.${column}`);
  return equal.join(" AND ");
}
