import type { SchemaChange, Tables } from "./types.ts";

/** What `after` has more than `before`: tables, complete columns, and columns of another type. Tables in the order of
 *  `after`, columns in table order. A new table's columns are not listed. */
export function schemaChanges(before: Tables, after: Tables): SchemaChange[] {
  const changes: SchemaChange[] = [];
  for (const table of Object.values(after)) {
    const known = before[table.name];
    if (!known) {
      changes.push({ kind: "table-added", table: table.name });
      continue;
    }
    for (const column of Object.values(table.columns)) {
      const type = column.data_type;
      const from = known.columns[column.name]?.data_type;
      if (type === undefined || type === from) continue;
      if (from !== undefined) {
        changes.push({ kind: "column-widened", table: table.name, column: column.name, from, type });
      } else {
        const variant = column.variant ? ({ variant: true } as const) : {};
        changes.push({ kind: "column-added", table: table.name, column: column.name, type, ...variant });
      }
    }
  }
  return changes;
}

/** One readable line per change: `+ users.email text`. */
export function changeLine(change: SchemaChange): string {
  switch (change.kind) {
    case "table-added":
      return `+ ${change.table}`;
    case "column-added":
      return `+ ${change.table}.${change.column} ${change.type}${change.variant ? " (variant)" : ""}`;
    case "column-widened":
      return `~ ${change.table}.${change.column} ${change.from} → ${change.type}`;
  }
}
