import type { ColumnSchema } from "./types.ts";

/** Whether a column is text only because nothing but null has come for it. */
export function isNullOnly(column: ColumnSchema): boolean {
  const mark = column["x-runlet"] as { nullOnly?: unknown } | null | undefined;
  return mark?.nullOnly === true;
}
