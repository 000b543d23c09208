import { afterAll, beforeAll, expect, test } from "vitest";
import { pipeline, resource, secret } from "../../core/index.ts";
import { postgres } from "../../core/destinations/postgres/index.ts";
import { openSocket } from "../../host-node/socket.ts";
import { installTestHost } from "../pipeline/host.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
  installTestHost({ PG_URL: server.url() });
});
afterAll(() => server.stop());

const LONG = "a_name_that_is_far_longer_than_any_identifier_may_be_in_this_database";

test("a pipeline loads, evolves, widens and replaces, run after run, in dlt's layout", async () => {
  const pages: { items: object[]; places: object[] }[] = [
    {
      items: [
        { id: 1, name: "a", tags: ["x", "y"], [LONG]: true, seen: "2024-03-05T06:07:08Z" },
        { id: 2, name: "b", price: 2 },
      ],
      places: [{ id: "p", kids: [{ k: 1 }, { k: 2 }] }],
    },
    {
      items: [{ id: 3, name: "c", tags: ["z"], price: 2.5, extra: { deep: 1 } }],
      places: [{ id: "q", kids: [{ k: 3 }] }],
    },
  ];
  let run = 0;
  const shop = pipeline("shop", [
    resource("items", { write: "append" }, () => pages[run]!.items),
    resource("places", { write: "replace" }, () => pages[run]!.places),
  ]);
  const to = postgres(secret("PG_URL"), { socket: openSocket });
  await shop.run({ to });
  run = 1;
  const { dataset, destination } = await shop.run({ to });
  expect(destination).toBe("postgres:$PG_URL");
  expect(await dataset.query("select id, name, price, extra__deep, seen from items order by id")).toEqual([
    { id: 1n, name: "a", price: null, extra__deep: null, seen: "2024-03-05T06:07:08Z" },
    { id: 2n, name: "b", price: 2, extra__deep: null, seen: null },
    { id: 3n, name: "c", price: 2.5, extra__deep: 1n, seen: null },
  ]);
  expect(
    await dataset.query(
      "select p.id, k.k from places p join places__kids k on k._dlt_parent_id = p._dlt_id order by k.k",
    ),
  ).toEqual([{ id: "q", k: 3n }]);
  expect(
    await dataset.query(
      "select i.id, t.value from items i join items__tags t on t._dlt_parent_id = i._dlt_id order by 1, 2",
    ),
  ).toEqual([
    { id: 1n, value: "x" },
    { id: 1n, value: "y" },
    { id: 3n, value: "z" },
  ]);
  const [long] = await dataset.query<{ column_name: string }>(
    "select column_name::text from information_schema.columns where table_name = 'items' and column_name like 'a_name%'",
  );
  expect(long!.column_name).toHaveLength(63);
  expect(await dataset.query("select count(*) n from _dlt_loads where status = 0")).toEqual([{ n: 2n }]);
});
