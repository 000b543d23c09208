import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { postgres } from "../../core/destinations/postgres/index.ts";
import { type Dataset, type Destination, pipeline, resource } from "../../core/index.ts";
import { openSocket } from "../../host-node/socket.ts";
import { runlet } from "../cli/spawned.ts";
import { installTestHost } from "../pipeline/host.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { table } from "./streams.ts";

let server: PostgresServer;
let to: Destination;
let dataset: Dataset;
let name: string;
let tests = 0;
beforeAll(async () => {
  server = await startPostgres();
  installTestHost();
}, 60_000);
afterAll(() => server.stop());

const shop = (data: object[] | (() => Promise<object[]>)) =>
  pipeline("shop", resource("users", {}, data as object[]), { dataset: name });
const names = async (): Promise<unknown> =>
  (
    await dataset.query(
      "select column_name as c from information_schema.columns where table_name = 'users' and table_schema = $1 order by 1",
      [name],
    )
  )
    .map(({ c }) => c)
    .filter((c) => !String(c).startsWith("_dlt"));

beforeEach(async () => {
  name = `altering_${tests++}`;
  to = postgres(server.url(), { socket: openSocket });
  ({ dataset } = await shop([{ id: 1, name: "Ada" }]).run({ to }));
});

test("a load that is writing the table keeps it from being altered, and goes through", async () => {
  const session = await to.open({ dataset: name });
  const load = await session.begin("1");
  await load.prepare(table("users", { id: { type: "bigint" } }), "append");
  await expect(dataset.alter({ rename: { "users.name": "who" } })).rejects.toMatchObject({
    code: "CONCURRENT_RUN",
    message: expect.stringContaining("table users"),
  });
  expect(await names()).toEqual(["id", "name"]);
  await load.rollback();
  await session.close();
  await dataset.alter({ rename: { "users.name": "who" } });
  expect(await names()).toEqual(["id", "who"]);
});

test("a run that began before the table was altered changes nothing", async () => {
  let go!: () => void;
  const altered = new Promise<void>((resolve) => (go = resolve));
  let begun!: () => void;
  const reading = new Promise<void>((resolve) => (begun = resolve));
  const run = shop(async () => {
    begun();
    await altered;
    return [{ id: 2, name: "Bob" }];
  }).run({ to });
  await reading;
  await dataset.alter({ rename: { "users.name": "who" } });
  go();
  await expect(run).rejects.toMatchObject({ code: "CONCURRENT_RUN" });
  expect(await names()).toEqual(["id", "who"]);
  expect(await dataset.query("select who from users")).toEqual([{ who: "Ada" }]);
});

test("the command line does it on a server, and prints no password", async () => {
  const drop = ["--dataset", name, "--drop", "users.name"];
  const wrong = await runlet(["schema", "apply", server.url(), ...drop]);
  expect(wrong.code).toBe(2);
  const dropped = await runlet(["schema", "apply", server.url(), ...drop, "--yes"]);
  const renamed = await runlet([
    "schema",
    "apply",
    server.url(),
    "--dataset",
    name,
    "--rename",
    "users=people",
  ]);
  expect([dropped.stderr, renamed.stderr]).toEqual(["", ""]);
  expect(renamed.stdout).toContain("~ users → people\n");
  const { password } = new URL(server.url());
  for (const secret of [password, decodeURIComponent(password)])
    expect(dropped.stdout + renamed.stdout + wrong.stderr).not.toContain(secret);
  expect(await dataset.query("select count(*)::int as n from people")).toMatchObject([{}]);
});
