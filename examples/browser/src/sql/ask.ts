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
  const bounded = boundedQuery(sql);
  try {
    const rows = await data.query<Row>(bounded ?? sql).catch((error: unknown) => {
      if (bounded === undefined) throw error;
      // Asked as it was written, so that the error names the person's own lines.
      return data.query<Row>(sql);
    });
    return answerOf(rows, started);
  } catch (error) {
    return errorOf(error);
  }
}

/** Asks a question that nobody has just pressed a button for: it came with a link, or stands there from before. Only what
 *  can do nothing but read is asked; undefined for everything else, which waits for the person. */
export async function askUnprompted(data: Dataset, sql: string): Promise<Answer | undefined> {
  const bounded = boundedQuery(sql);
  if (bounded === undefined) return undefined;
  // A `with` may end in a `delete`; in the parentheses of a select, that is an error.
  if (/^select\b/i.test(withoutComments(sql))) return ask(data, sql);
  const started = performance.now();
  try {
    return answerOf(await data.query<Row>(bounded), started);
  } catch {
    return undefined;
  }
}

function answerOf(rows: readonly Row[], started: number): Answer {
  const ms = performance.now() - started;
  return { kind: "rows", rows: rows.slice(0, MOST_ROWS), more: rows.length > MOST_ROWS, ms };
}

function errorOf(error: unknown): Answer {
  const hint = error instanceof RunletError ? error.hint : undefined;
  return { kind: "error", message: error instanceof Error ? error.message : String(error), hint };
}

/** A query that is only rows, with one row more than is kept; undefined for statements of another kind. */
function boundedQuery(sql: string): string | undefined {
  if (!/^(select|with|from|values)\b/i.test(withoutComments(sql))) return undefined;
  return `select * from (\n${sql.replace(/[;\s]+$/, "")}\n) limit ${MOST_ROWS + 1}`;
}

/** Without the comments it begins with. */
function withoutComments(sql: string): string {
  return sql.replace(/^(\s|--[^\n]*(\n|$)|\/\*[\s\S]*?\*\/)*/, "");
}
