import type { DestinationSession } from "../destinations/contract.ts";
import { RunletError } from "../errors.ts";
import type { StoredSchema } from "../schema/stored.ts";

/** Names of the schemas a dataset holds. */
export async function schemaNames(session: DestinationSession): Promise<string[]> {
  if (session.schemas) return session.schemas();
  const found = await session.query<{ name: string }>(
    "select distinct schema_name as name from _dlt_version order by schema_name",
  );
  return found.map(({ name }) => name);
}

/** The newest document of a schema; `name` absent: of the only one. @throws RunletError SCHEMA_INVALID */
export async function datasetSchema(
  session: DestinationSession,
  dataset: string,
  name?: string,
): Promise<StoredSchema> {
  const names = await schemaNames(session);
  const one = name ?? (names.length === 1 ? names[0] : undefined);
  if (one === undefined || !names.includes(one)) {
    const lacks = one === undefined ? (names.length ? "several schemas" : "no schema") : `no schema ${one}`;
    throw new RunletError("SCHEMA_INVALID", `dataset ${dataset} has ${lacks}`, {
      hint: names.length ? `name one of: ${names.join(", ")}` : "load something first",
    });
  }
  const { schema } = await session.restore("", one);
  return schema as unknown as StoredSchema;
}
