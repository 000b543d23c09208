import { dataTables } from "./document.ts";
import type { TableSchema, Tables } from "./types.ts";

export interface TreeFacts {
  /** Rows per table; tables without an entry print no number. */
  rows?: Readonly<Record<string, number>>;
  /** Tables that this load created; roots among them are marked `new`. */
  added?: readonly string[];
  /** Only tables of these roots; default all. */
  roots?: readonly string[];
}

/** The data tables as lines of text: each root with its rows and number of columns, its nested tables below it by
 *  their short names, the full name at the end.
 *
 *  ```
 *  issues               100   74 columns  new
 *  ├─ labels             34   issues__labels
 *  └─ assignees          31   issues__assignees
 *  ```
 */
export function schemaTree(tables: Tables, facts: TreeFacts = {}): string[] {
  const data = dataTables(tables);
  const lines: { label: string; table: TableSchema; root: boolean }[] = [];
  const children = (parent: string) => Object.values(data).filter((t) => t.parent === parent);
  const descend = (table: TableSchema, indent: string) => {
    const nested = children(table.name);
    nested.forEach((child, i) => {
      const last = i === nested.length - 1;
      lines.push({ label: `${indent}${last ? "└─ " : "├─ "}${shortName(child)}`, table: child, root: false });
      descend(child, indent + (last ? "   " : "│  "));
    });
  };
  for (const table of Object.values(data)) {
    if (table.parent !== undefined && data[table.parent]) continue;
    if (facts.roots && !facts.roots.includes(table.name)) continue;
    lines.push({ label: table.name, table, root: true });
    descend(table, "");
  }
  const labels = Math.max(0, ...lines.map((l) => l.label.length)) + 2;
  const counts = lines.map((l) => facts.rows?.[l.table.name]?.toLocaleString("en-US") ?? "");
  const digits = Math.max(0, ...counts.map((c) => c.length));
  return lines.map((line, i) => {
    const about = line.root
      ? columnCount(line.table) + (facts.added?.includes(line.table.name) ? "  new" : "")
      : line.table.name;
    return `${line.label.padEnd(labels)}${counts[i]!.padStart(digits)}${digits ? "   " : ""}${about}`;
  });
}

/** A nested table's name without its parent's; the whole name where it had to be shortened. */
function shortName(table: TableSchema): string {
  const prefix = `${table.parent}__`;
  return table.name.startsWith(prefix) ? table.name.slice(prefix.length) : table.name;
}

function columnCount(table: TableSchema): string {
  const complete = Object.values(table.columns).filter((c) => c.data_type !== undefined).length;
  return `${complete} ${complete === 1 ? "column" : "columns"}`;
}
