import fc from "fast-check";
import type { CsvOptions } from "../../core/binding/contract.ts";
import { normaliseText } from "../engine/engine.ts";
import type { EngineOutput } from "../engine/collect.ts";

/** Names, types and cells of a table as the engine gave it, without the system's columns. */
export interface Shown {
  types: Record<string, string>;
  rows: Record<string, string>[];
}

export function shown(out: EngineOutput, name = "t"): Shown {
  const table = out.tables.get(name);
  return {
    types: Object.fromEntries([...(table?.columns ?? [])].map(([column, { type }]) => [column, type])),
    rows: (table?.rows ?? []).map((row) =>
      Object.fromEntries([...row].filter(([column]) => !column.startsWith("_dlt_"))),
    ),
  };
}

/** What the engine makes of a text. */
export function read(text: string, csv: CsvOptions = {}, config = {}): Shown {
  return shown(normaliseText(text, { format: "csv", csv }, config));
}

/** How a table is written as text. */
export interface Style {
  delimiter: string;
  quote: string;
  lineEnd: string;
  /** Every cell in quotes, not only those that need them. */
  always: boolean;
  lastLineEnd: boolean;
}

export const styles = fc.record<Style>({
  delimiter: fc.constantFrom(",", ";", "\t", "|"),
  quote: fc.constantFrom('"', "'"),
  lineEnd: fc.constantFrom("\n", "\r\n", "\r"),
  always: fc.boolean(),
  lastLineEnd: fc.boolean(),
});

/** A cell: null is written as nothing, the empty text as two quotes. */
export type Cell = string | null;

export function write(rows: readonly (readonly Cell[])[], style: Style): string {
  const { delimiter, quote, lineEnd, always } = style;
  const cell = (value: Cell) => {
    if (value === null) return "";
    const plain =
      value !== "" &&
      !value.startsWith(quote) &&
      ![delimiter, "\n", "\r"].some((mark) => value.includes(mark));
    return plain && !always ? value : quote + value.replaceAll(quote, quote + quote) + quote;
  };
  return rows.map((row) => row.map(cell).join(delimiter)).join(lineEnd) + (style.lastLineEnd ? lineEnd : "");
}

/** Texts that make a reader think. */
export const cells: fc.Arbitrary<Cell> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(null) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      "",
      "a",
      '"',
      "'",
      '""',
      "it's",
      'say "hi"',
      "a,b",
      "a;b|c\td",
      "two\nlines",
      "two\r\nlines",
      "\r",
      " spaces ",
      "007",
      "1.50",
      "naïve 🚀 東京",
      "nul \0 byte",
      "x".repeat(47),
      "x".repeat(48),
      "x".repeat(100),
      `${"x".repeat(15)}"${"y".repeat(31)}`,
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .string({ unit: "binary", maxLength: 40 })
      .map((text) => new TextDecoder().decode(new TextEncoder().encode(text))),
  },
);
