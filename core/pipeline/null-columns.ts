import type { DestinationSession } from "../destinations/contract.ts";
import { quoteName } from "../destinations/sql/quote.ts";
import { isNullOnly } from "../schema/null-only.ts";
import type { ColumnSchema, SchemaChange, Tables, TableSchema } from "../schema/types.ts";

/** Columns by table and name. */
type Columns = Map<string, Map<string, ColumnSchema>>;

/** What the engine tells the run of a column without a type that is no null-only one, and no document keeps: a key that had
 *  objects or lists as well, or one that was only declared. */
const NO_COLUMN = "x-runlet-no-column";

/** The columns that are text only because nothing but null has come for them, and that still hold nothing. What another
 *  program has written into one makes it a column of text like any other. */
export async function nullOnlyColumns(session: DestinationSession, tables: Tables): Promise<Columns> {
  const found: Columns = new Map();
  for (const table of Object.values(tables)) {
    const marked = Object.values(table.columns).filter(isNullOnly);
    if (marked.length === 0) continue;
    const names = marked.map(({ name }) => name);
    const filled = new Set(
      await (session.filled?.(table.name, names) ?? filledBy(session, table.name, names)),
    );
    const left = marked.filter(({ name }) => !filled.has(name));
    if (left.length) found.set(table.name, new Map(left.map((column) => [column.name, column])));
  }
  return found;
}

/** The tables as the engine is to know them: any type may come for those columns. */
export function untypedTables(tables: Tables, columns: Columns): Tables {
  if (columns.size === 0) return tables;
  return Object.fromEntries(
    Object.entries(tables).map(([name, table]) => {
      const open = columns.get(name);
      if (!open) return [name, table];
      const kept = Object.entries(table.columns).filter(([column]) => !open.has(column));
      return [name, { ...table, columns: Object.fromEntries(kept) }];
    }),
  );
}

/** The null-only columns of a load: those that are there, and those it makes. */
export class NullColumns {
  private readonly open: Columns;
  private readonly wanted: (root: TableSchema) => boolean;

  constructor(open: Columns, wanted: (root: TableSchema) => boolean) {
    this.open = new Map([...open].map(([table, columns]) => [table, new Map(columns)]));
    this.wanted = wanted;
  }

  isOpen(table: string, column: string): boolean {
    return this.open.get(table)?.has(column) ?? false;
  }

  forget(table: string): void {
    this.open.delete(table);
  }

  /** Of the columns, which all have a type, those that had none; they count as others from now on. */
  typed(table: string, columns: readonly ColumnSchema[]): { from: ColumnSchema; column: ColumnSchema }[] {
    const open = this.open.get(table);
    if (!open) return [];
    const found = columns.flatMap((column) => {
      const from = open.get(column.name);
      return from && !isNullOnly(column) ? [{ from, column }] : [];
    });
    for (const { column } of found) open.delete(column.name);
    return found;
  }

  /** The tables at the end of a load, with a column for each key that only was null; `changes` gets those that are new.
   *  `isWritten`: rows have come for the table. */
  complete(
    tables: Tables,
    rootOf: (table: TableSchema) => TableSchema,
    isWritten: (table: string) => boolean,
    changes: SchemaChange[],
  ): Tables {
    const added = new Set(changes.flatMap((change) => (change.kind === "table-added" ? [change.table] : [])));
    const result: Tables = {};
    for (const table of Object.values(tables)) {
      const open = this.open.get(table.name) ?? new Map<string, ColumnSchema>();
      const columns: Record<string, ColumnSchema> = {};
      const isWanted = this.wanted(rootOf(table));
      for (const [name, { [NO_COLUMN]: not, ...column }] of Object.entries(table.columns)) {
        const kept = open.get(name);
        const isNull = column.data_type === undefined && column.nullable !== false && !not;
        if (kept && (column.data_type === undefined || !isWritten(table.name))) columns[name] = kept;
        else if (!isWanted || !isNull) columns[name] = column as ColumnSchema;
        else {
          columns[name] = {
            name,
            data_type: "text",
            nullable: true,
            "x-runlet": { nullOnly: true },
          };
          if (!added.has(table.name))
            changes.push({ kind: "column-added", table: table.name, column: name, type: "text" });
        }
      }
      for (const [name, column] of open) columns[name] ??= column;
      result[table.name] = { ...table, columns };
    }
    return result;
  }
}

async function filledBy(
  session: DestinationSession,
  table: string,
  columns: readonly string[],
): Promise<string[]> {
  const counts = columns.map((name, at) => `count(${quoteName(name)}) AS c${at}`);
  const [row] = await session.query(`SELECT ${counts.join(", ")} FROM ${quoteName(table)}`);
  return columns.filter((_, at) => Number(row?.[`c${at}`] ?? 0) > 0);
}

/** What is wrong with the option of a resource or a run. */
export function nullColumnsFault(option: unknown): string | undefined {
  return [undefined, "text", "none"].includes(option as undefined)
    ? undefined
    : `nullColumns is "text" or "none", not ${JSON.stringify(option)}`;
}
