import { RunletError } from "../errors.ts";
import { dataTables } from "../schema/document.ts";
import { importSchema, type SchemaFile } from "../schema/exchange.ts";
import type { StoredSchema } from "../schema/stored.ts";
import type { ColumnSchema, Tables, TableSchema } from "../schema/types.ts";
import { mergeFault } from "./merging.ts";
import type { AnyOptions } from "./options.ts";

/** The tables of a schema that is given to a pipeline. @throws RunletError SCHEMA_INVALID */
export function givenTables(given: SchemaFile | StoredSchema | undefined): Tables {
  return given === undefined ? {} : dataTables(importSchema(given, "the schema given").tables);
}

/** A resource's options, with how its table is written where only the schema given says so, as with dlt's
 *  `import_schema_path`. Keys are named by their columns, whose marks the engine has from that schema.
 *  @throws RunletError SCHEMA_INVALID for a merge that cannot be done */
export function withGivenWrite(options: AnyOptions, table: TableSchema | undefined): AnyOptions {
  const write = table?.write_disposition;
  if (!table || options.write !== undefined || write === undefined || write === "skip") return options;
  if (write !== "merge") return { ...options, write };
  const columns = Object.values(table.columns);
  const names = (has: (column: ColumnSchema) => boolean | undefined): string[] =>
    columns.filter(has).map(({ name }) => name);
  const strategy = String(table["x-merge-strategy"] ?? "delete-insert") as NonNullable<
    AnyOptions["strategy"]
  >;
  const [primary, mergeKey] = [names((each) => each.primary_key), names((each) => each.merge_key)];
  const [deleted] = names((each) => each.hard_delete);
  const sorted = columns.find((each) => each.dedup_sort);
  const [from] = names((each) => each["x-valid-from"] === true);
  const until = columns.find((each) => each["x-valid-to"] === true);
  const [boundary, active] = [table["x-boundary-timestamp"], until?.["x-active-record-timestamp"]];
  const isScd2 = strategy === "scd2";
  const merged: AnyOptions = {
    ...options,
    write,
    strategy,
    ...(primary.length && !isScd2 ? { primaryKey: options.primaryKey ?? primary } : {}),
    ...(mergeKey.length ? { mergeKey } : {}),
    ...(deleted === undefined ? {} : { hardDelete: deleted }),
    ...(sorted?.dedup_sort ? { dedupSort: { column: sorted.name, order: sorted.dedup_sort } } : {}),
    ...(table["x-stage-data-deduplicated"] === true ? { deduplicated: true } : {}),
    ...(isScd2 && from !== undefined && until ? { validity: [from, until.name] as const } : {}),
    ...(isScd2 && typeof boundary === "string" ? { boundary } : {}),
    ...(isScd2 && typeof active === "string" ? { active } : {}),
  } as AnyOptions;
  const fault = mergeFault(merged);
  if (fault === undefined) return merged;
  throw new RunletError(
    "SCHEMA_INVALID",
    `table ${table.name} of the schema given cannot be merged: ${fault}`,
    {
      where: { table: table.name },
      hint: "correct write_disposition and the marks of its columns, or give the resource its own write",
    },
  );
}
