import type { MergePlan, MergeTable } from "../destinations/merge-plan.ts";
import type { ColumnSchema, Tables, TableSchema } from "../schema/types.ts";
import type { Merging } from "./merging.ts";

const ROW_KEY = "_dlt_id";
const LOAD_ID = "_dlt_load_id";
const PARENT_KEY = "_dlt_parent_id";
const ROOT_KEY = "_dlt_root_id";

/** The merge of a root table and what is nested in it. `tables`: those at the destination, the root first, with complete
 *  columns; which columns are keys and marks stands in the root's. `time`: of the load, ISO 8601. `anew`: what was there
 *  before goes. */
export function mergePlan(
  merging: Merging,
  tables: readonly [TableSchema, ...TableSchema[]],
  { time, anew }: { time: string; anew: boolean },
): MergePlan {
  const root = Object.values(tables[0].columns);
  const having = (test: (column: ColumnSchema) => boolean | undefined) => root.find(test)?.name;
  const deleted = root.find((column) => column.hard_delete);
  const sorted = root.find((column) => column.dedup_sort);
  const version = having((column) => column["x-row-version"] === true) ?? ROW_KEY;
  const [first, ...nested] = tables.map((table) => mergeTable(table, merging));
  return {
    strategy: merging.strategy,
    tables: [first!, ...nested],
    primaryKey: merging.primaryKey.length ? names(root, "primary_key") : [],
    mergeKey: merging.mergeKey.length ? names(root, "merge_key") : [],
    ...(sorted?.dedup_sort ? { dedupSort: { column: sorted.name, order: sorted.dedup_sort } } : {}),
    ...(deleted ? { hardDelete: { column: deleted.name, bool: deleted.data_type === "bool" } } : {}),
    ...(merging.deduplicated ? { deduplicated: true } : {}),
    ...(merging.strategy === "scd2"
      ? {
          scd2: {
            from: having((column) => column["x-valid-from"] === true)!,
            to: having((column) => column["x-valid-to"] === true)!,
            version,
            boundary: merging.boundary ?? time,
            ...(merging.active === undefined ? {} : { active: merging.active }),
          },
        }
      : {}),
    ...(anew ? { anew: true } : {}),
  };
}

function mergeTable({ name, parent, columns }: TableSchema, { skipUnchanged }: Merging): MergeTable {
  return {
    name,
    columns: Object.keys(columns),
    rowKey: ROW_KEY,
    ...(parent === undefined ? {} : { parent, parentKey: PARENT_KEY }),
    ...(parent !== undefined && columns[ROOT_KEY] ? { rootKey: ROOT_KEY } : {}),
    ...(skipUnchanged ? { compared: compared(Object.values(columns)) } : {}),
  };
}

/** Columns that tell whether a row has changed: that of its version, or all but keys, the mark of deletion and the load. */
function compared(columns: readonly ColumnSchema[]): string[] {
  const version = columns.find((column) => column["x-row-version"] === true);
  if (version) return [version.name];
  const isApart = (column: ColumnSchema): boolean =>
    [column.primary_key, column.row_key, column.parent_key, column.root_key, column.hard_delete].includes(
      true,
    );
  return columns.filter((column) => !isApart(column) && column.name !== LOAD_ID).map(({ name }) => name);
}

function names(columns: readonly ColumnSchema[], key: "primary_key" | "merge_key"): string[] {
  return columns.filter((column) => column[key]).map(({ name }) => name);
}

/** The tables of a root's tree, parents before children. */
export function treeOf(root: string, tables: Tables): TableSchema[] {
  const children = Object.values(tables).filter(({ parent }) => parent === root);
  return [...(tables[root] ? [tables[root]] : []), ...children.flatMap(({ name }) => treeOf(name, tables))];
}
