import type { Preview } from "../../core/pipeline/preview.ts";
import { schemaTree } from "../../core/schema/tree.ts";
import { stdoutColours } from "./colours.ts";
import { columnsOf, painted } from "./load-result.ts";
import { printJson } from "./printed-json.ts";
import { printedRows } from "./printed-rows.ts";

const SAMPLE_ROWS = 3;

/** What a run would load: the tree of tables, and the first rows of each root table. */
export function printPreview({ schema, tables }: Preview, name: string, json?: boolean): void {
  const rows = Object.fromEntries(Object.entries(tables).map(([table, all]) => [table, all.length]));
  if (json) {
    const shown = Object.entries(rows).map(([table, count]) => [
      table,
      { rows: count, columns: columnsOf(schema, table) },
    ]);
    printJson({ load_id: null, tables: Object.fromEntries(shown) as object });
    return;
  }
  const c = stdoutColours();
  const lines = [`${c.green("✔")} dry run of ${c.bold(name)}: nothing loaded`];
  lines.push(...schemaTree(schema, { rows }).map((line) => painted(`  ${line}`)));
  for (const [table, all] of Object.entries(tables)) {
    if (schema[table]?.parent !== undefined || all.length === 0) continue;
    const some = all.slice(0, SAMPLE_ROWS);
    const count = some.length < all.length ? `, first ${some.length} of ${all.length} rows` : "";
    lines.push("", c.dim(`${table}${count}`), printedRows(some, process.stdout.columns ?? 100));
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}
