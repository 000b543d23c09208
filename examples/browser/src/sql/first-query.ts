import type { Row } from "../app/session.ts";
import type { ColumnView, TableView } from "../tables/model.ts";
import { quoted } from "./names.ts";

/** A question that fits the data: the largest nested table joined to its parent, or what a lone table is about. */
export function firstQuery(
  tables: readonly TableView[],
  preview: Readonly<Record<string, readonly Row[]>>,
): string {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const [child] = tables
    .filter(({ parent }) => parent !== undefined && byName.has(parent))
    .sort((a, b) => b.rows - a.rows);
  if (!child) return loneQuery(tables[0], preview);
  const parent = byName.get(child.parent!)!;
  const above = telling(parent, preview[parent.name] ?? [], 2).map((name) => `p.${quoted(name)}`);
  const below = telling(child, preview[child.name] ?? [], 3).map((name) => `c.${quoted(name)}`);
  const columns = [...above, ...below];
  return `-- Each row of ${child.name} beside the row of ${parent.name} it belongs to
select ${columns.length ? columns.join(", ") : "*"}
from ${quoted(parent.name)} p
join ${quoted(child.name)} c on c._dlt_parent_id = p._dlt_id
limit 1000`;
}

function loneQuery(table: TableView | undefined, preview: Readonly<Record<string, readonly Row[]>>): string {
  if (!table) return "select 42 as answer";
  const group = groups(table, preview[table.name] ?? []);
  if (group === undefined) return `select *\nfrom ${quoted(table.name)}\nlimit 1000`;
  return `-- Rows of ${table.name} per ${group}
select ${quoted(group)}, count(*) as rows
from ${quoted(table.name)}
group by all
order by rows desc`;
}

/** A text column of few values that come again and again. */
function groups(table: TableView, rows: readonly Row[]): string | undefined {
  return own(table)
    .filter(({ type }) => type === "text" || type === "bool")
    .map(({ name }) => ({ name, values: new Set(rows.map((row) => row[name])).size }))
    .filter(({ values }) => values > 1 && values <= rows.length / 2)
    .sort((a, b) => a.values - b.values)[0]?.name;
}

/** Columns that say the most to a person: short texts, names and numbers first, addresses and long texts last. */
function telling(table: TableView, rows: readonly Row[], most: number): string[] {
  const weight = ({ name, type }: ColumnView): number => {
    const texts = rows.map((row) => row[name]).filter((value) => value !== null && value !== undefined);
    const length = texts.reduce<number>((sum, value) => sum + String(value).length, 0) / (texts.length || 1);
    let score = rows.length ? texts.length / rows.length : 0;
    if (/(^|_)(name|title|login|type|label|value|text|message|subject)$/.test(name)) score += 2;
    if (/(^|_)(url|href|sha|hash|avatar|node_id|gravatar)/.test(name)) score -= 3;
    if (type === "json" || type === "binary" || length > 200) score -= 2;
    if (/(^|_)id$/.test(name)) score -= 0.5;
    return score;
  };
  return own(table)
    .map((column) => ({ name: column.name, score: weight(column) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ name }) => name);
}

const own = (table: TableView) => table.columns.filter(({ added }) => !added);
