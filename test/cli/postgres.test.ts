import { afterAll, beforeAll, expect, test } from "vitest";
import { startPostgres, type PostgresServer } from "../servers/postgres.ts";
import { folderWith, runlet } from "./spawned.ts";

const cwd = folderWith({
  "orders.ndjson": '{"id":9007199254740993,"lines":[{"sku":"a"},{"sku":"b"}]}\n{"id":2,"lines":[]}\n',
  "p.ts": `import { pipeline, resource } from "runlet";
    export default pipeline("people", resource("people", {}, [{ name: "Ada" }]));`,
  "broken.ts": `import { pipeline, resource } from "runlet";
    export default pipeline("broken", resource("r", {}, () => { throw new Error("no"); }));`,
});

let server: PostgresServer;
/** The server's address with its password, without it, and the password itself in every form. */
let url: string;
let bare: string;
let env: Record<string, string>;
const secrets: string[] = [];

beforeAll(async () => {
  server = await startPostgres();
  url = server.url();
  const { password } = new URL(url);
  bare = url.replace(`:${password}@`, "@");
  secrets.push(password, decodeURIComponent(password));
  env = { PGPASSWORD: decodeURIComponent(password) };
}, 60_000);

afterAll(() => server.stop());

/** Runs the command; nothing it says may have the password. */
async function quietly(parameters: string[], more: Record<string, string> = {}) {
  const outcome = await runlet(parameters, { cwd, env: { NO_COLOR: "1", ...more } });
  for (const secret of secrets) expect(outcome.stdout + outcome.stderr).not.toContain(secret);
  return outcome;
}

test("load, query, schema and info take the address of a server", async () => {
  const loaded = await quietly(["load", "orders.ndjson", "--to", url]);
  expect(loaded.stderr).toBe("");
  expect(loaded.stdout).toContain(`→ postgres:127.0.0.1:${server.port}/test, dataset orders`);
  expect(loaded.stdout).toContain(
    `Next: runlet query postgres://runlet_owner:…@127.0.0.1:${server.port}/test "select * from orders limit 10"`,
  );

  const rows = await quietly(["query", bare, "select id from orders order by id", "--json"], env);
  expect(JSON.parse(rows.stdout)).toEqual([{ id: 2 }, { id: "9007199254740993" }]);

  const tree = await quietly(["schema", url]);
  expect(tree.stdout).toMatch(/dataset orders\n {2}orders +2 .*\n {2}└─ lines +2 +orders__lines\n/);

  const info = await quietly(["info", url, "--json"]);
  expect(JSON.parse(info.stdout)).toMatchObject({ dataset: "orders", loads: [{ status: 0 }] });
}, 60_000);

test("run takes it from --to and from RUNLET_DESTINATION; several datasets are told apart", async () => {
  expect((await quietly(["run", "p.ts", "--to", bare], env)).code).toBe(0);
  const again = await quietly(["run", "p.ts"], { RUNLET_DESTINATION: url });
  expect(again.stdout).toContain("Next: runlet query postgres://runlet_owner:…@");
  const counted = await quietly([
    "query",
    url,
    "select count(*)::int as n from people",
    "--dataset",
    "people_dataset",
    "--json",
  ]);
  expect(JSON.parse(counted.stdout)).toEqual([{ n: 2 }]);
  const unclear = await quietly(["query", url, "select * from people"]);
  expect(unclear.code).toBe(5);
  expect(unclear.stderr).toContain("the database has the datasets people_dataset, orders: name one");
  const wrong = await quietly(["query", url, "select 1", "--dataset", "none"]);
  expect(wrong.stderr).toContain(`USAGE  postgres:127.0.0.1:${server.port}/test has no dataset none`);
}, 60_000);

test("what is printed of an address is an address, with user and password as libpq has them", async () => {
  const printed = `postgres:127.0.0.1:${server.port}/test`;
  const { stdout } = await quietly(["query", printed, "select 1 as one", "--json"], {
    ...env,
    PGUSER: "runlet_owner",
  });
  expect(JSON.parse(stdout)).toEqual([{ one: 1 }]);
}, 60_000);

test.each([
  ["a server that refuses", () => url.replace("runlet_owner", "nobody"), 5, "DESTINATION_FAILED"],
  ["a server that is not there", () => url.replace(String(server.port), "1"), 5, "DESTINATION_FAILED"],
  ["a password that is not encoded", () => "postgres://me:s3cret/pass word@127.0.0.1/test", 2, "USAGE"],
  ["a numeric one", () => "postgres://me:12/s3cret/pass word@127.0.0.1/test", 2, "USAGE"],
])(
  "%s is an error without the password",
  async (_, address, code, expected) => {
    for (const command of [
      ["load", "orders.ndjson", "--to", address()],
      ["query", address(), "select 1"],
    ]) {
      for (const more of [[], ["--json"]]) {
        const outcome = await quietly([...command, ...more]);
        expect(outcome.code).toBe(code);
        expect(outcome.stderr).toContain(expected);
        expect(outcome.stdout + outcome.stderr).not.toContain("s3cret");
      }
    }
  },
  60_000,
);

test("--log json has JSON lines only, without the password, also of a run that fails", async () => {
  for (const [file, last, exit] of [
    ["p.ts", "run.end", 0],
    ["broken.ts", "failed", 4],
  ] as const) {
    const { code, stderr } = await quietly(["run", file, "--to", url, "--log", "json"]);
    expect(code).toBe(exit);
    const lines = stderr.trim().split("\n");
    const entries = lines.map((line) => JSON.parse(line) as { event: string });
    expect(entries[0]!.event).toBe("run.start");
    expect(entries.at(-1)!.event).toBe(last);
  }
}, 60_000);
