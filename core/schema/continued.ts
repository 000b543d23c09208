import { RunletError } from "../errors.ts";
import type { Json } from "../json.ts";
import { SCHEMA_ENGINE_VERSION, type StoredSchema } from "./stored.ts";

/** dlt names the conventions it has by the last part of their module. */
const DLT_NAMING = "dlt.common.normalizers.naming.";
const NAMING = "snake_case";
const RELATIONAL = "dlt.common.normalizers.json.relational";
/** What is passed on to nested tables: the root's row id. */
const ROOT_KEY = JSON.stringify({ _dlt_id: "_dlt_root_id" });

/** A stored document that runlet can go on with as it is: other rules would give the same data other names or other tables,
 *  beside those that are there.
 *  @throws RunletError SCHEMA_INVALID */
export function continued(stored: Json): StoredSchema {
  const schema = stored as unknown as StoredSchema | null;
  const name = String(schema?.name);
  const engine = schema?.engine_version;
  if (engine !== SCHEMA_ENGINE_VERSION || typeof schema?.tables !== "object") {
    const older = typeof engine === "number" && engine < SCHEMA_ENGINE_VERSION;
    throw new RunletError(
      "SCHEMA_INVALID",
      `the stored schema ${name} has engine version ${String(engine)}`,
      {
        hint: `runlet reads engine version ${SCHEMA_ENGINE_VERSION}: ${
          older ? "load once with a current dlt to upgrade it" : "use a version of runlet that knows it"
        }`,
      },
    );
  }
  const refused = (what: string) =>
    new RunletError("SCHEMA_INVALID", `the stored schema ${name} ${what}`, {
      hint: "nothing was loaded: load to another dataset, or go on with dlt",
    });
  const { names = NAMING, json } = schema.normalizers ?? {};
  const naming = names.startsWith(DLT_NAMING) ? names.slice(DLT_NAMING.length) : names;
  if (naming !== NAMING) throw refused(`names tables and columns by ${naming}, runlet by ${NAMING}`);
  if (json && json.module !== RELATIONAL)
    throw refused(`makes tables by ${json.module}, runlet by ${RELATIONAL}`);
  const { root, tables = {} } = json?.config?.propagation ?? {};
  for (const passed of [root ?? {}, ...Object.values(tables)]) {
    if (Object.keys(passed).length && JSON.stringify(passed) !== ROOT_KEY)
      throw refused(`passes ${Object.keys(passed).join(", ")} on to nested tables, which runlet does not`);
  }
  return schema;
}
