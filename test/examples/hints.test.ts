import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runlet } from "../cli/spawned.ts";

// The README's example of hints, as it stands there, with a schema and records put in.

let folder: string;
beforeAll(() => {
  // Below the repository, where its packages are found.
  mkdirSync("build", { recursive: true });
  folder = mkdtempSync(resolve("build/hints-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const RECORDS = [
  {
    kind: "orders",
    user: { id: 1, email: "ada@example.com" },
    items: [
      { sku: "a", price: "19.50", n: "1" },
      { sku: "b", price: "1" },
    ],
    debug: { trace: [1] },
  },
  { kind: "orders", user: { id: 2, email: "bob@example.com" }, items: [{ sku: "a", price: "20.25" }] },
  { kind: "signups", user: { id: 3, email: "cyd@example.com" }, plan: "free" },
];

function program(records: object[]): string {
  const example = /^## Hints$[\s\S]*?^```ts\n([\s\S]*?)^```/m.exec(readFileSync("README.md", "utf8"))![1]!;
  expect(example.split("…")).toHaveLength(2);
  return `import { pipeline, resource } from "runlet";
import { z } from "zod";
const item = z.object({ sku: z.string(), price: z.string(), n: z.coerce.number().optional() });
const user = z.object({ id: z.int(), email: z.string() });
const Event = z.object({ kind: z.string(), user, plan: z.string().optional(), items: z.array(item).optional(), debug: z.any().optional() });
${example.replace("…", JSON.stringify(records))}
export default pipeline("hints", events);
`;
}

async function load(name: string, records: object[]) {
  const file = join(folder, `${name}.ts`);
  writeFileSync(file, program(records));
  return runlet(["run", file, "--to", `duckdb:${name}.duckdb`, "--json"], { cwd: folder });
}

test("does what it says", async () => {
  const { code, stderr } = await load("good", RECORDS);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const ask = async (sql: string) =>
    JSON.parse(
      (await runlet(["query", "duckdb:good.duckdb", sql, "--json"], { cwd: folder })).stdout,
    ) as unknown;
  expect(await ask("select * exclude (_dlt_id, _dlt_load_id) from orders order by user__id")).toEqual([
    { kind: "orders", user__id: 1, user__email: "***", plan: null, region: "eu" },
    { kind: "orders", user__id: 2, user__email: "***", plan: null, region: "eu" },
  ]);
  expect(await ask("select kind, user__email, plan, region from signups")).toEqual([
    { kind: "signups", user__email: "***", plan: "free", region: "eu" },
  ]);
  // Merged by their key, and coerced by the schema.
  expect(await ask("select sku, price, n from orders__items order by sku")).toEqual([
    { sku: "a", price: "20.250000000", n: null },
    { sku: "b", price: "1.000000000", n: null },
  ]);
});

test.each([
  ["plan", [{ kind: "signups", user: { id: 1, email: "x" } }], "NULL_IN_KEY", "plan"],
  ["schema", [{ kind: "orders", user: { id: "one", email: "x" } }], "SCHEMA_CONTRACT", "user.id"],
])("refuses what is against it: %s", async (name, records, code, where) => {
  const { stderr, code: exit } = await load(name, records);
  expect(exit).toBe(3);
  expect(stderr).toContain(code);
  expect(stderr).toContain(where);
});
