import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type Destination,
  datasetOf,
  http,
  pipeline,
  bearer,
  resource,
  type RunOptions,
  secret,
  source,
} from "../../core/index.ts";
import { armFailpoints } from "../../core/packages/failpoints.ts";
import { Crash, Place } from "./place.ts";

const place = new Place();
let to: Destination;
beforeEach(() => {
  place.machine();
  to = place.database();
});
afterEach(() => armFailpoints(undefined));

/** Values that must not be found in anything that is written or said. */
const PLANTED = {
  token: "tok-7f3a9c51e8d2b604",
  key: "hmac-key-51aa0be47c9d",
  masked: "masked-0c4de1f29b77",
  redacted: "redacted-a81b6c3301ee",
  nulled: "nulled-44d0bb1c9e2f",
  dropped: "dropped-9be2710fa3c5",
  nested: "nested-5d1f0e8c77ab",
};
/** One that must be found, or the search would prove nothing. */
const KEPT = "kept-value-2b90c7de41";

const record = {
  id: 1,
  kept: KEPT,
  mail: PLANTED.masked,
  phone: PLANTED.redacted,
  tax: PLANTED.nulled,
  note: PLANTED.dropped,
  person: { name: PLANTED.nested },
};
const columns = {
  mail: { mask: "hmac", key: secret("MASK_KEY") },
  phone: { mask: "redact" },
  tax: { mask: "null" },
  note: "drop",
  "person.name": "drop",
} as const;

const env = { API_TOKEN: PLANTED.token, MASK_KEY: PLANTED.key };

function people(text: string) {
  const answer = (async () => new Response(text)) as typeof fetch;
  const built = pipeline("people", [
    source("api", { http: http("https://api.example.org", { auth: bearer(secret("API_TOKEN")) }) }, [
      resource("people", { columns }, ({ http }) => http.get("/people")),
    ]),
  ]);
  return (options: RunOptions = {}) => built.run({ to, env, fetch: answer, ...options });
}

/** Bytes a value may be written as. */
function forms(value: string): Buffer[] {
  return [
    Buffer.from(value),
    Buffer.from(value, "utf16le"),
    Buffer.from(encodeURIComponent(value)),
    Buffer.from(Buffer.from(value).toString("base64").replace(/=+$/, "")),
    Buffer.from(Buffer.from(value).toString("hex")),
  ];
}

/** Everything written: the storage, the databases, the log, and the rows themselves, which the database may compress. */
async function everything(said: string[]): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  const files = readdirSync(place.folder, { recursive: true, withFileTypes: true });
  for (const file of files.filter((each) => each.isFile()))
    found.set(join(file.parentPath, file.name), readFileSync(join(file.parentPath, file.name)));
  found.set("log", Buffer.from(place.logged.join("\n")));
  found.set("said", Buffer.from(said.join("\n")));
  const dataset = datasetOf(to, "people_dataset");
  const tables = await dataset
    .query<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = 'people_dataset'",
    )
    .catch(() => []);
  for (const { name } of tables) {
    const content = await dataset.query(`select * from "${name}"`);
    found.set(
      `table ${name}`,
      Buffer.from(JSON.stringify(content, (_, v: unknown) => (typeof v === "bigint" ? String(v) : v))),
    );
  }
  return found;
}

const holding = (all: Map<string, Buffer>, value: string) =>
  [...all].filter(([, bytes]) => forms(value).some((form) => bytes.includes(form))).map(([name]) => name);

async function expectNothing(said: string[]): Promise<Map<string, Buffer>> {
  const all = await everything(said);
  for (const [what, value] of Object.entries(PLANTED)) expect(holding(all, value), what).toEqual([]);
  return all;
}

describe("what is masked, dropped or secret", () => {
  test("is in nothing that a load writes", async () => {
    const info = await people(JSON.stringify([record]))({ packages: "keep" });
    const all = await expectNothing([String(info), JSON.stringify(info)]);
    const kept = holding(all, KEPT);
    expect(kept).toContain("table people");
    expect(kept.filter((name) => name.endsWith(".arrow"))).toHaveLength(1);
  });

  test("is in nothing that an interrupted load leaves", async () => {
    let dead = false;
    armFailpoints((point) => {
      dead ||= point === "package.seal.after";
      if (dead) throw new Crash(point);
    });
    await expect(people(JSON.stringify([record]))()).rejects.toThrow();
    armFailpoints(undefined);
    const all = await expectNothing([]);
    expect(holding(all, KEPT).filter((name) => name.startsWith(place.home))).toHaveLength(1);
  });

  test("is in no record that is set aside, and in no error", async () => {
    const good = JSON.stringify(record);
    const cut = good.slice(0, good.indexOf('"person"'));
    const bad = [
      good,
      `${cut} "person": }`,
      JSON.stringify({ ...record, id: 2 }),
      good.slice(0, -1),
      "",
    ].join("\n");
    const info = await people(bad)({ packages: "keep", normalise: { onBadRecord: "quarantine" } });
    expect(info.rejects).toBeGreaterThan(0);
    await expectNothing([String(info), JSON.stringify(info)]);
    const error = await people(bad)().then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    expect(error).toMatchObject({ code: "SOURCE_NOT_JSON" });
    await expectNothing([String(error), error!.stack!, JSON.stringify(error), String(error!.cause)]);
  });

  test("is in no error of a source that says its token", async () => {
    const failing = people("[]");
    const telling = (async (_, init) => {
      throw new Error(`refused: ${JSON.stringify([...new Headers(init?.headers)])}`);
    }) as typeof fetch;
    const error = await failing({ fetch: telling, signal: AbortSignal.timeout(3000) }).then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    expect(error).toBeDefined();
    await expectNothing([String(error), error!.stack!, JSON.stringify(error), String(error!.cause)]);
  });
});
