import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPostgres, type PostgresServer } from "../servers/postgres.ts";
import { caseNames, makeApp, type App } from "./app.ts";
import { STORES, type Feature, type PipelineCase } from "./case.ts";
import { KNOWN_FAILING, RUNTIMES, type RuntimeFacts, type RuntimeName } from "./features.ts";
import { isParquetDataset } from "./parquet-datasets.ts";
import { expectedOf, readVectors } from "./read-vectors.ts";
import { committedAreas, isSame, writeResult, type Areas } from "./results.ts";
import { IMPORT_MAP } from "./runtimes/chromium.ts";
import type { Ran, Run } from "./runtimes/runtime.ts";
import { serveSuite, type SuiteServer } from "./server.ts";

// The same vectors and the same pipelines in every runtime, out of the packed package, with the same outcome to the
// byte: that in frozen/. Node 20 writes it with `-u`.

/** Whose outcomes are frozen. */
const REFERENCE: RuntimeName = "node-20";

interface NamedCase extends PipelineCase {
  name: string;
}

const vectors = readVectors().map(({ name }) => name);
const cases: NamedCase[] = await Promise.all(
  caseNames().map(async (name) => ({
    name,
    ...((await import(/* @vite-ignore */ `./cases/${name}.ts`)) as { default: PipelineCase }).default,
  })),
);

const frozen = (kind: string, name: string) =>
  fileURLToPath(new URL(`frozen/${kind}/${name}.json`, import.meta.url));

/** Where the runtimes of one file of tests run. */
interface Stage {
  readonly app: App;
  readonly server: SuiteServer;
  /** Started when a runtime loads into Postgres. */
  postgres?: PostgresServer;
}

/** Declares the suite for some runtimes. `more` declares further tests of one, with what it gave. */
export function testRuntimes(
  runs: Partial<Record<RuntimeName, Run>>,
  more: Partial<Record<RuntimeName, (ran: () => Ran) => void>> = {},
): void {
  let stage: Stage;
  beforeAll(async () => {
    const app = makeApp();
    stage = { app, server: await serveSuite(app.folder, IMPORT_MAP) };
  }, 300_000);
  afterAll(async () => {
    stage?.server.close();
    stage?.app.remove();
    await stage?.postgres?.stop();
  });
  const wanted = RUNTIMES.filter(({ name }) => runs[name]);
  test("there is something to run", () => {
    expect(wanted.length).toBe(Object.keys(runs).length);
    expect(vectors.length).toBeGreaterThanOrEqual(80);
    expect(cases.length).toBeGreaterThanOrEqual(30);
  });
  for (const facts of wanted) {
    describe(facts.title, () => {
      const ran = testRuntime(facts, runs[facts.name]!, () => stage);
      more[facts.name]?.(ran);
    });
  }
}

function testRuntime(facts: RuntimeFacts & { name: RuntimeName }, run: Run, stage: () => Stage): () => Ran {
  const { name, entry } = facts;
  const leftOut = process.env["RUNLET_FULL"] ? [] : (facts.atLength ?? []);
  const offers = facts.offers.filter((feature) => !leftOut.includes(feature));
  const why = (feature: Feature) => (leftOut.includes(feature) ? "in the long run" : "not offered");
  let ran: Ran;
  const areas: Areas = {};
  beforeAll(async () => {
    const { app, server } = stage();
    server.asked.length = 0;
    const surroundings = { app, origin: server.origin, offers, database: () => newDatabase(stage(), name) };
    ran = { ...(await run(surroundings)), asked: [...server.asked] };
  }, 300_000);

  /** Compares, and counts for the matrix. */
  const compare = (area: string, test: string, outcome: unknown, expected: unknown) => {
    const given: unknown = JSON.parse(JSON.stringify(outcome) ?? "null");
    const counted = (areas[area] ??= [0, 0]);
    counted[1]++;
    const reason = KNOWN_FAILING[name]?.[test];
    if (reason) {
      expect(given, `passes, but is known to fail: ${reason}`).not.toEqual(expected);
      return;
    }
    if (isSame(given, expected)) counted[0]++;
    expect(given).toEqual(expected);
  };
  /** The frozen outcome, which the reference writes. */
  const expectFrozen = async (area: string, test: string, given: unknown, path: string) => {
    expect(given, String(given)).toBeTypeOf("object");
    if (name === REFERENCE) await expect(`${JSON.stringify(given, null, 1)}\n`).toMatchFileSnapshot(path);
    const expected = name === REFERENCE ? JSON.stringify(given) : readFileSync(path, "utf8");
    compare(area, test, given, JSON.parse(expected));
  };

  if (entry) test("the package's entry", () => expect(ran.entry).toBe(entry));

  test.each(vectors)("vector %s", (vector) => {
    compare("engine vectors", `vector ${vector}`, ran.vectors[vector], expectedOf(vector));
  });

  for (const each of cases) {
    const missing = (each.needs ?? []).filter((feature) => !offers.includes(feature));
    const title = `case ${each.name}`;
    if (missing.length) test.skip(`${title}: ${why(missing[0]!)} (${missing.join(", ")})`);
    else
      test(title, () =>
        expectFrozen(each.needs?.[0] ?? "pipelines", title, ran.cases[each.name], frozen("cases", each.name)),
      );
  }

  for (const store of STORES) {
    for (const each of cases.filter(store === "parquet" ? isParquetDataset : ({ dataset }) => dataset)) {
      const title = `${store} ${each.name}`;
      if (!offers.includes(store)) test.skip(`${title}: ${why(store)}`);
      else
        test(title, () =>
          expectFrozen(
            store,
            title,
            ran.datasets[store]?.[each.name],
            frozen(`datasets/${store.replace(/-.*/, "")}`, each.name),
          ),
        );
    }
  }

  test("the README's matrix says so (node scripts/matrix.mjs writes it)", () => {
    writeResult(name, { title: facts.title, areas, leftOut, times: ran.times });
    const committed = Object.entries(committedAreas(name) ?? {});
    const wanted = committed.filter(([area]) => !leftOut.includes(area as Feature));
    expect(areas).toEqual(Object.fromEntries(wanted));
  });
  return () => ran;
}

/** Makes a database for a runtime, on a server that all share. */
async function newDatabase(stage: Stage, runtime: string): Promise<string> {
  stage.postgres ??= await startPostgres();
  const name = runtime.replaceAll("-", "_");
  const sql = postgres(stage.postgres.url(), { max: 1 });
  await sql.unsafe(`create database ${name}`);
  await sql.end();
  return stage.postgres.url(name);
}
