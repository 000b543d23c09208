import { describe, expect, test } from "vitest";
import { type Destination, pipeline, resource, source } from "../../core/index.ts";
import { type Alteration, alterDataset } from "../../core/pipeline/alter-dataset.ts";
import type { Contract } from "../../core/pipeline/options.ts";
import type { Place } from "./partner.ts";
import { together } from "./stores.ts";

// runlet drops, makes anew and alters tables of a dataset that dlt goes on with, and heeds the contracts that dlt has stored.

const { missing, dlt, stores } = together();

async function altered(to: Destination, dataset: string, alteration: Alteration): Promise<void> {
  const session = await to.open({ dataset });
  try {
    await alterDataset(to, session, dataset, { ...alteration, destructive: true });
  } finally {
    await session.close();
  }
}

describe.skipIf(missing).each(Object.keys(stores))(missing ?? "%s", (name) => {
  /** dlt with the working folder it had, where the schema is as dlt left it. */
  const turn = (dataset: string, place: Place) =>
    dlt.attach(dataset, place, dataset, { how: "pipeline", working: `${dataset}-${name}` });

  test("after a refresh of runlet's dlt finds the new tables, and loads into them", async () => {
    const { to, place } = stores[name]!("fresh");
    const mine = (records: object[], options: object) =>
      pipeline(
        "fresh",
        source("fresh", {}, [resource("orders", {}, records), resource("kept", {}, [{ id: 2 }])]),
        { dataset: "fresh" },
      ).run({ to, only: ["orders"], ...options });
    const first = [
      { name: "orders", records: [{ id: 1, old: 1, lines: [{ n: 1 }] }] },
      { name: "kept", records: [{ id: 1 }] },
    ];
    await turn("fresh", place);
    await dlt.run(first, { source: "fresh" });
    await mine([{ id: 2 }], { refresh: "resources" });
    const { schemas } = await dlt.attach("fresh", place, "fresh");
    expect(schemas["fresh"]!.computed).toBe(schemas["fresh"]!.stored);
    expect(Object.keys(schemas["fresh"]!.document.tables["orders"]!.columns)).not.toContain("old");
    expect(await dlt.rowCounts()).toEqual({ orders: 1, kept: 1 });
    await turn("fresh", place);
    // What it had made before, with the very schema it had then.
    await dlt.run([{ name: "orders", records: [{ id: 3, old: 3, lines: [{ n: 3 }] }] }], { source: "fresh" });
    expect(await dlt.rowCounts()).toEqual({ orders: 2, orders__lines: 1, kept: 1 });
    const { dataset, schemaChanges } = await mine([{ id: 4, old: 4, lines: [{ n: 4 }] }], {});
    expect(schemaChanges).toEqual([]);
    expect(await dataset.query("select id, old from orders order by id")).toEqual([
      { id: 2n, old: null },
      { id: 3n, old: 3n },
      { id: 4n, old: 4n },
    ]);
  });

  test("a table that is dropped and comes back as it was is made again, by dlt and by runlet", async () => {
    const { to, place } = stores[name]!("back");
    const given = (id: number) => [
      { name: "a", records: [{ id }] },
      { name: "b", records: [{ id }] },
    ];
    await turn("back", place);
    await dlt.run(given(1), { source: "back" });
    await altered(to, "back", { drop: ["b"] });
    await turn("back", place);
    await dlt.run(given(2), { source: "back" });
    expect(await dlt.rowCounts()).toEqual({ a: 2, b: 1 });
    await altered(to, "back", { drop: ["b"] });
    const mine = () =>
      pipeline("back", source("back", {}, [resource("a", {}, [{ id: 3 }]), resource("b", {}, [{ id: 3 }])]), {
        dataset: "back",
      }).run({ to });
    expect((await mine()).schemaChanges).not.toEqual([]);
    // Known by now: the newest version is the one with both.
    expect((await mine()).schemaChanges).toEqual([]);
    const found = await dlt.attach("back", place, "back");
    expect(Object.keys(found.schemas["back"]!.document.tables)).toContain("b");
    expect(await dlt.rowCounts()).toEqual({ a: 4, b: 2 });
  });

  test("dlt goes on with names that runlet has changed, and with columns that are gone", async () => {
    const { to, place } = stores[name]!("altered");
    const people = (records: object[]) => [
      {
        name: "people",
        records,
        options: { write: "merge", strategy: "upsert", primaryKey: ["id"] },
      },
    ];
    await turn("altered", place);
    await dlt.run(people([{ id: 1, name: "Ada", age: 1, tags: ["x"] }]), { source: "altered" });
    await altered(to, "altered", {
      rename: { "people.name": "full_name", people__tags: "people__labels" },
      drop: ["people.age"],
    });
    await turn("altered", place);
    await dlt.run(
      people([
        { id: 1, full_name: "Ada L.", labels: ["y"] },
        { id: 2, age: 2 },
      ]),
      {
        source: "altered",
      },
    );
    const read = await dlt.read();
    const { columns, rows } = read["people"]!;
    const at = ["id", "full_name", "age"].map((wanted) => columns.findIndex(([column]) => column === wanted));
    expect(rows.map((row) => at.map((i) => row[i])).sort()).toEqual([
      ["i1", "sAda L.", "n"],
      ["i2", "n", "i2"],
    ]);
    expect(await dlt.rowCounts()).toEqual({ people: 2, people__labels: 1 });
  });

  test("a schema that is again what it was before is the newest again, for dlt as for runlet", async () => {
    const { to, place } = stores[name]!("again");
    const mine = (contract: Contract) =>
      pipeline("again", source("again", { contract }, [resource("t", {}, [{ id: 1 }])]), {
        dataset: "again",
      }).run({ to });
    await mine({ columns: "freeze" });
    await mine("evolve");
    const { dataset } = await mine({ columns: "freeze" });
    const { schemas } = await dlt.attach("again", place, "again");
    expect(schemas["again"]!.document.settings.schema_contract).toEqual({ columns: "freeze" });
    expect(schemas["again"]!.computed).toBe(schemas["again"]!.stored);
    expect(await dataset.query("select version from _dlt_version order by inserted_at")).toEqual([
      { version: 3n },
      { version: 4n },
    ]);
  });

  test("contracts that dlt has stored hold until runlet states others: the run's, the resource's, the source's", async () => {
    const { to, place } = stores[name]!("bound");
    await turn("bound", place);
    await dlt.run(
      [
        { name: "t", records: [{ id: 1 }] },
        { name: "u", records: [{ id: 1 }], options: { contract: { data_type: "freeze" } } },
      ],
      { source: "bound", contract: { columns: "freeze" } },
    );
    type Stated = { run?: Contract; resource?: Contract; source?: Contract };
    const mine = (table: string, record: object, stated: Stated = {}) =>
      pipeline(
        "bound",
        source("bound", stated.source ? { contract: stated.source } : {}, [
          resource(table, stated.resource ? { contract: stated.resource } : {}, [record]),
        ]),
        { dataset: "bound" },
      ).run({ to, ...(stated.run ? { contract: stated.run } : {}) });
    const more = { id: 2, more: 1 };
    for (const [table, record, stated, entity] of [
      ["t", more, {}, "columns"],
      ["u", { id: "x" }, {}, "data_type"],
      ["t", more, { source: "evolve", resource: { columns: "freeze" } }, "columns"],
      ["t", more, { resource: "evolve", run: "freeze" }, "columns"],
    ] as const)
      await expect(mine(table, record, stated)).rejects.toMatchObject({
        code: "SCHEMA_CONTRACT",
        where: { table, entity },
      });
    // The table's own counts as a whole.
    await mine("u", more);
    await mine("t", more, { source: "evolve" });
    await mine("t", { id: 3, most: 1 }, { run: "evolve", resource: "freeze" });
    await mine("t", { id: 4 }, { resource: { columns: "freeze" } });
    await dlt.attach("bound", place, "bound", { how: "sync" });
    await expect(dlt.run([{ name: "t", records: [{ id: 5, new: 1 }] }], { source: "bound" })).rejects.toThrow(
      "DataValidationError",
    );
    await dlt.run([{ name: "u", records: [{ id: 5, new: 1 }] }], { source: "bound" });
    expect(await dlt.rowCounts()).toEqual({ t: 4, u: 3 });
  });
});
