import type { EngineConfig, TableHints } from "../binding/contract.ts";
import { own } from "../schema/carried.ts";
import type { StoredSchema } from "../schema/stored.ts";

/** What the stored schema of a source says of nested tables: how deep they go, and that all have root keys. */
export function storedNesting(
  schema: StoredSchema | undefined,
): Pick<EngineConfig, "maxTableNesting" | "rootKey"> {
  const { max_nesting: levels, root_key_propagation, propagation } = schema?.normalizers.json.config ?? {};
  const isPassedOn = root_key_propagation === true || Object.keys(propagation?.root ?? {}).length > 0;
  return {
    ...(levels === undefined ? {} : { maxTableNesting: levels }),
    ...(isPassedOn ? { rootKey: true } : {}),
  };
}

/** As {@link storedNesting}, of one root table: what its resource has once said. */
export function storedTableNesting(
  schema: StoredSchema | undefined,
  table: string,
): Pick<TableHints, "maxTableNesting"> {
  const levels = schema && own(schema.tables, table)?.["x-normalizer"]?.max_nesting;
  return levels === undefined ? {} : { maxTableNesting: levels };
}
