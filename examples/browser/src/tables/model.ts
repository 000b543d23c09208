import type { DataType, Tables } from "runlet";

export interface ColumnView {
  readonly name: string;
  readonly type: DataType;
  readonly nullable: boolean;
  readonly scale?: number | undefined;
  /** Ids, links and load ids that runlet adds. */
  readonly added: boolean;
}

export interface TableView {
  readonly name: string;
  /** The name below its parent: `labels` for `issues__labels`. */
  readonly label: string;
  readonly parent: string | undefined;
  readonly columns: readonly ColumnView[];
  /** Rows read so far. */
  readonly rows: number;
}

/** A table and how deep it hangs below its root. */
export interface TreeLine {
  readonly table: TableView;
  readonly depth: number;
  /** For each level above, whether a line goes on below; the last entry is the table's own. */
  readonly continues: readonly boolean[];
}

export function tableViews(schema: Tables, rows: Readonly<Record<string, number>>): TableView[] {
  return Object.values(schema)
    .filter(({ name }) => !name.startsWith("_dlt_"))
    .map(({ name, parent, columns }) => ({
      name,
      label: parent && name.startsWith(`${parent}__`) ? name.slice(parent.length + 2) : name,
      parent,
      rows: rows[name] ?? 0,
      columns: Object.values(columns).flatMap((column) =>
        column.data_type === undefined
          ? []
          : [
              {
                name: column.name,
                type: column.data_type,
                nullable: column.nullable ?? true,
                scale: column.scale,
                added: column.name.startsWith("_dlt_"),
              },
            ],
      ),
    }));
}

/** Tables in the order of their tree, children below their parents. */
export function treeLines(tables: readonly TableView[]): TreeLine[] {
  const names = new Set(tables.map(({ name }) => name));
  const lines: TreeLine[] = [];
  const descend = (parent: string | undefined, above: boolean[]) => {
    const own = tables.filter((table) =>
      parent === undefined ? table.parent === undefined || !names.has(table.parent) : table.parent === parent,
    );
    own.forEach((table, index) => {
      const continues = parent === undefined ? [] : [...above, index < own.length - 1];
      lines.push({ table, depth: continues.length, continues });
      descend(table.name, continues);
    });
  };
  descend(undefined, []);
  return lines;
}

/** The data's own columns first, what runlet adds after them. */
export function columnsInOrder(table: TableView): ColumnView[] {
  return [...table.columns].sort((a, b) => Number(a.added) - Number(b.added));
}
