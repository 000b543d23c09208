import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import {
  installHost,
  type Contract,
  type Destination,
  memory,
  type MemoryStore,
  pipeline,
  resource,
} from "../../core/index.ts";
import { disk, parquet } from "../../core/destinations/parquet/index.ts";
import { nodeHost } from "../../host-node/host.ts";

// Contracts in Parquet files, beside those in memory, which the frozen sequences compare with dlt; and what Parquet refuses.

const folder = mkdtempSync(join(tmpdir(), "runlet-parquet-contracts-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let lake: string;
let to: Destination;
let lakes = 0;
beforeEach(() => {
  const { storage: _, ...host } = nodeHost;
  installHost({ ...host, log: () => undefined });
  lake = join(folder, `${lakes++}`);
  to = parquet(disk(lake));
});

type Options = Parameters<typeof resource>[1];
const LOADS: { records: object[]; contract?: Contract }[] = [
  { records: [{ id: 1, v: 1, o: { x: 1 }, l: [{ k: 1 }] }] },
  {
    records: [
      { id: 2, v: "text", o: { x: 2 }, l: [{ k: 2 }, { k: "three" }] },
      { id: 3, v: 3, new: true, o: { x: 3, y: 3 }, l: [{ k: 4, more: 1 }], fresh: [1, 2] },
      { id: 4, v: 4, o: null, l: [] },
    ],
  },
  {
    records: [
      { id: 5, v: 5, l: [{ k: 5 }] },
      { id: 6, later: 1 },
    ],
  },
  { records: [{ id: 7, v: "evolved", later: 2 }], contract: "evolve" },
];

const load = (store: Destination, { records, contract }: (typeof LOADS)[number], options: Options = {}) =>
  pipeline("p", resource("t", options, records)).run({ to: store, ...(contract ? { contract } : {}) });

/** Rows per table without what dlt adds, and what the schema has of them. */
async function shown(store: Destination): Promise<unknown> {
  const session = await store.open({ dataset: "p_dataset", existing: true });
  try {
    const { schema } = await session.restore("p", "p");
    const { tables } = schema as unknown as { tables: Record<string, { columns: object }> };
    const names = Object.keys(tables).filter((name) => !name.startsWith("_dlt"));
    const all: Record<string, unknown> = {};
    for (const name of names) {
      const rows =
        store.kind === "memory"
          ? ((store as MemoryStore).tables("p_dataset")[name] as Record<string, unknown>[])
          : await session.query<Record<string, unknown>>(`select * from "${name}"`);
      all[name] = {
        columns: Object.keys(tables[name]!.columns).sort(),
        rows: rows.map((row) => JSON.stringify(plain(row))).sort(),
      };
    }
    return all;
  } finally {
    await session.close();
  }
}

function plain(row: Record<string, unknown>): [string, string][] {
  return Object.entries(row)
    .filter(([name, value]) => !name.startsWith("_dlt") && value !== null && value !== undefined)
    .map(([name, value]): [string, string] => [name, String(value)])
    .sort();
}

const modes: Contract[] = [
  "discard_row",
  "discard_value",
  { tables: "discard_row", columns: "discard_value", data_type: "discard_row" },
  { columns: "discard_row" },
  { data_type: "discard_value" },
];
test.each(modes.map((contract) => [JSON.stringify(contract), contract] as const))(
  "%s: the rows, columns and counts are those of other destinations, load by load",
  async (_, contract) => {
    const other = memory();
    let discarded = 0;
    for (const [i, each] of LOADS.entries()) {
      const held = i === 0 ? each : { contract, ...each };
      const [mine, theirs] = [await load(to, held), await load(other, held)];
      expect(mine.discarded).toEqual(theirs.discarded);
      expect(await shown(to)).toEqual(await shown(other));
      discarded += mine.discarded.entries;
    }
    expect(discarded).toBeGreaterThan(0);
  },
);

test("freeze stops the load, and no file is visible or left", async () => {
  await load(to, LOADS[0]!);
  const files = () => readdirSync(lake, { recursive: true }).sort();
  const [before, there] = [await shown(to), files()];
  for (const contract of [
    "freeze",
    { columns: "freeze" },
    { data_type: "freeze" },
    { tables: "freeze" },
  ] as const) {
    await expect(load(to, { ...LOADS[1]!, contract }), JSON.stringify(contract)).rejects.toMatchObject({
      code: "SCHEMA_CONTRACT",
      where: { mode: "freeze" },
    });
    expect(await shown(to)).toEqual(before);
    expect(files()).toEqual(there);
  }
  // It is stored with the schema, and holds for the next run.
  await load(to, { ...LOADS[0]!, contract: "freeze" });
  await expect(load(to, LOADS[1]!)).rejects.toMatchObject({ code: "SCHEMA_CONTRACT" });
});

describe("merging is refused before anything is read", () => {
  const ways: [string, object][] = [
    ["delete-insert", { primaryKey: "id" }],
    ["upsert", { primaryKey: "id", strategy: "upsert" }],
    ["cdc", { primaryKey: "id", strategy: "cdc" }],
    ["insert-only", { primaryKey: "id", strategy: "insert-only" }],
    ["scd2", { strategy: "scd2" }],
  ];
  const reading = (options: object) => {
    const seen = { isRead: false };
    const p = pipeline(
      "p",
      resource("t", options as Options, () => {
        seen.isRead = true;
        return [{ id: 1, l: [{ k: 1 }] }];
      }),
    );
    return { p, seen };
  };

  test.each(ways)("%s", async (_, options) => {
    for (const given of [
      { write: "merge", ...options },
      { nested: { l: { write: "merge", primaryKey: "k" } } },
    ]) {
      const { p, seen } = reading(given);
      await expect(p.run({ to })).rejects.toMatchObject({
        code: "PIPELINE_INVALID",
        message: "resource t asks for merge, which parquet does not offer",
        hint: "it offers: append, replace",
        where: { resource: "t" },
        exitCode: 2,
      });
      expect(seen.isRead).toBe(false);
    }
    expect(() => readdirSync(lake)).toThrow("ENOENT");
  });

  test("what does not merge is loaded beside it", async () => {
    const merged = resource("t", { write: "merge", primaryKey: "id" }, [{ id: 1 }]);
    const p = pipeline("p", [merged, resource("u", {}, [{ id: 2 }])]);
    await expect(p.run({ to })).rejects.toMatchObject({ code: "PIPELINE_INVALID" });
    expect((await p.run({ to, only: ["u"] })).tables["u"]!.rows).toBe(1);
  });
});
