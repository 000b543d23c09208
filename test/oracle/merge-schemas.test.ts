import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { type Destination, memory, pipeline, resource } from "../../core/index.ts";
import type { CommitFacts } from "../../core/destinations/contract.ts";
import type { StoredSchema } from "../../core/schema/stored.ts";
import type { Tables } from "../../core/schema/types.ts";
import { installTestHost } from "../pipeline/host.ts";

interface Case {
  options: Record<string, unknown>;
  record: string;
  tables: Tables;
  normalizers: unknown;
}

/** How dlt's document describes tables of each strategy; dlt appends where a merge has no keys, runlet refuses. */
const CASES = Object.entries(
  JSON.parse(readFileSync("test/data/oracle/merge-schemas.json", "utf8")) as Record<string, Case>,
).filter(([name]) => name !== "no keys");

beforeAll(() => installTestHost({}));

/** A store, and what is committed to it last. */
function watched(to: Destination): { to: Destination; committed(): StoredSchema } {
  let facts: CommitFacts | undefined;
  return {
    to: {
      ...to,
      async open(opening) {
        const session = await to.open(opening);
        return {
          ...session,
          async begin(loadId) {
            const load = await session.begin(loadId);
            return { ...load, commit: (given) => load.commit((facts = given)) };
          },
        };
      },
    },
    committed: () => facts!.schema as unknown as StoredSchema,
  };
}

/** The document that runs store. */
async function stored(options: object, records: string[], to: Destination = memory()): Promise<StoredSchema> {
  const store = watched(to);
  await pipeline("oracle", resource("t", options, records.join("\n"))).run({ to: store.to });
  return store.committed();
}

const data = ({ tables }: StoredSchema) =>
  Object.fromEntries(Object.entries(tables).filter(([name]) => !name.startsWith("_dlt")));

test.each(CASES)("the document is dlt's: %s", async (_, { options, record, tables, normalizers }) => {
  const schema = await stored(options, [record]);
  expect(data(schema)).toEqual(withNullable(tables));
  expect(schema.normalizers.json).toEqual(normalizers);
});

/** A column that dlt has only half described may hold null, which is what runlet writes. */
function withNullable(tables: Tables): Tables {
  return Object.fromEntries(
    Object.entries(tables).map(([name, table]) => [
      name,
      {
        ...table,
        columns: Object.fromEntries(
          Object.entries(table.columns).map(([column, hints]) => [column, { nullable: true, ...hints }]),
        ),
      },
    ]),
  );
}

test("it follows when a table is merged in another way", async () => {
  const to = memory();
  const record = '{"id":1,"day":"mon","l":[1]}';
  await stored({ write: "merge", primaryKey: "id", deduplicated: true }, [record], to);
  const { tables } = await stored(
    { write: "merge", strategy: "scd2", mergeKey: "day", active: "9999-12-31T00:00:00Z" },
    [record],
    to,
  );
  const { t, t__l } = tables;
  expect(t).toMatchObject({ write_disposition: "merge", "x-merge-strategy": "scd2" });
  expect(t).not.toHaveProperty("x-stage-data-deduplicated");
  expect(t!.columns["id"]).not.toHaveProperty("primary_key");
  expect(t!.columns["day"]).toMatchObject({ merge_key: true, nullable: false });
  expect(t!.columns["_dlt_id"]).toMatchObject({ "x-row-version": true, unique: false });
  expect(t!.columns["_dlt_valid_to"]).toMatchObject({ "x-active-record-timestamp": "9999-12-31T00:00:00Z" });
  // A table that has root keys keeps them, as in dlt.
  expect(t__l!.columns["_dlt_root_id"]).toMatchObject({ root_key: true });
});

test("a run of other resources leaves it as it is", async () => {
  const to = memory();
  const options = { write: "merge", strategy: "scd2", active: "9999-12-31T00:00:00Z" };
  const before = await stored(options, ['{"id":1,"gone":true}'], to);
  const other = pipeline("oracle", [resource("t", options as object, []), resource("u", {}, [{ a: 1 }])]);
  const store = watched(to);
  await other.run({ to: store.to, only: ["u"] });
  expect(store.committed().tables["t"]).toEqual(before.tables["t"]);
});
