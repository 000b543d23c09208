import type { Json } from "../../core/json.ts";
import { stdoutColours } from "./colours.ts";
import { jsonText } from "./printed-json.ts";
import { fitted, onOneLine, textWidth } from "./text-width.ts";

type Row = Record<string, Json>;
type Cell = { text: string; kind: "text" | "number" | "null" };

/** A column is never narrower than this, unless its values are. */
const NARROWEST = 8;
const GAP = "  ";

/** Rows as an aligned table of at most `width` columns of text: numbers right, NULL dim, long values cut. What does not
 *  fit at all is left out at the right and named below. */
export function printedRows(rows: readonly Row[], width: number): string {
  const c = stdoutColours();
  const names = Object.keys(rows[0] ?? {});
  const table = rows.map((row) => names.map((name) => cellOf(row[name])));
  const natural = names.map((name, at) =>
    Math.max(textWidth(name), ...table.map((cells) => Math.min(textWidth(cells[at]!.text), width))),
  );
  const shown = names.length - leftOut(natural, width);
  const widths = squeezed(natural.slice(0, shown), width - GAP.length * (shown - 1));
  const isNumber = widths.map((_, at) => table.some((cells) => cells[at]!.kind === "number"));
  const line = (cells: { text: string; paint?: (text: string) => string }[]) =>
    cells
      .map(({ text, paint = (as) => as }, at) => {
        const cut = fitted(text, widths[at]!);
        const space = " ".repeat(widths[at]! - textWidth(cut));
        if (isNumber[at]) return space + paint(cut);
        return at === widths.length - 1 ? paint(cut) : paint(cut) + space;
      })
      .join(GAP);
  const head = line(names.slice(0, shown).map((text) => ({ text, paint: c.bold })));
  const rule = c.dim(widths.map((each) => "─".repeat(each)).join(GAP));
  const body = table.map((cells) =>
    line(
      cells.slice(0, shown).map(({ text, kind }) => (kind === "null" ? { text, paint: c.dim } : { text })),
    ),
  );
  const lines = [head, rule, ...body];
  if (shown < names.length) lines.push(c.dim(fitted(`not shown: ${names.slice(shown).join(", ")}`, width)));
  return lines.join("\n");
}

function cellOf(value: Json | Uint8Array | undefined): Cell {
  if (value === null || value === undefined) return { text: "NULL", kind: "null" };
  if (typeof value === "number" || typeof value === "bigint") return { text: String(value), kind: "number" };
  if (typeof value === "string") return { text: onOneLine(value), kind: "text" };
  return {
    text:
      value instanceof Uint8Array ? `\\x${Buffer.from(value).toString("hex")}` : onOneLine(jsonText(value)),
    kind: "text",
  };
}

/** Number of columns that have no room even when all are as narrow as can be. */
function leftOut(natural: readonly number[], width: number): number {
  let used = 0;
  const fits = natural.findIndex((each, at) => {
    used += Math.min(each, NARROWEST) + (at > 0 ? GAP.length : 0);
    return used > width;
  });
  return fits < 0 ? 0 : natural.length - Math.max(fits, 1);
}

/** Widths that fit: the widest give way first. */
function squeezed(natural: readonly number[], width: number): number[] {
  const total = natural.reduce((sum, each) => sum + each, 0);
  if (total <= width) return [...natural];
  let [low, high] = [1, Math.max(...natural)];
  while (low < high) {
    const limit = Math.ceil((low + high) / 2);
    const sum = natural.reduce((all, each) => all + Math.min(each, limit), 0);
    if (sum <= width) low = limit;
    else high = limit - 1;
  }
  return natural.map((each) => Math.min(each, low));
}
