import { RunletError, type Dataset } from "runlet";
import type { Row } from "../app/session.ts";

/** Rows of a result that are kept; what more there is is only said. */
export const MOST_ROWS = 50_000;

export type Answer =
  | { readonly kind: "rows"; readonly rows: readonly Row[]; readonly more: boolean; readonly ms: number }
  | { readonly kind: "error"; readonly message: string; readonly hint: string | undefined };

/** Asks the dataset. Of what selects rows, at most {@link MOST_ROWS} come. */
export async function ask(data: Dataset, sql: string): Promise<Answer> {
  const started = performance.now();
  try {
    const rows = await data.query<Row>(limited(sql)).catch((error: unknown) => {
      if (limited(sql) === sql) throw error;
      // Asked as it was written, so that the error names the person's own lines.
      return data.query<Row>(sql);
    });
    const ms = performance.now() - started;
    return { kind: "rows", rows: rows.slice(0, MOST_ROWS), more: rows.length > MOST_ROWS, ms };
  } catch (error) {
    const hint = error instanceof RunletError ? error.hint : undefined;
    return { kind: "error", message: error instanceof Error ? error.message : String(error), hint };
  }
}

/** A query that is only rows, with one row more than is kept; statements of another kind as they are. */
function limited(sql: string): string {
  const bare = sql.replace(/^(\s|--[^\n]*(\n|$)|\/\*[\s\S]*?\*\/)*/, "");
  if (!/^(select|with|from|values)\b/i.test(bare)) return sql;
  return `select * from (\n${sql.replace(/[;\s]+$/, "")}\n) limit ${MOST_ROWS + 1}`;
}
