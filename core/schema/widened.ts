import type { ColumnSchema } from "./types.ts";

/** The column after a variant has been folded into it. */
export function widened(base: ColumnSchema, { data_type, precision, scale }: ColumnSchema): ColumnSchema {
  return {
    ...base,
    ...(data_type === undefined ? {} : { data_type }),
    ...(precision === undefined ? {} : { precision }),
    ...(scale === undefined ? {} : { scale }),
  };
}
