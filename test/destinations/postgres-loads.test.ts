import sql from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { DestinationLoad, DestinationSession } from "../../core/destinations/contract.ts";
import { postgres } from "../../core/destinations/postgres/index.ts";
import { secret } from "../../core/pipeline/value.ts";
import { defaultState, encodeState } from "../../core/schema/state.ts";
import { openSocket } from "../../host-node/socket.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { facts, put } from "./load.ts";
import { type Column, stream, table } from "./streams.ts";

let server: PostgresServer;
let admin: sql.Sql;
beforeAll(async () => {
  server = await startPostgres();
  admin = sql(server.url(), { max: 2, onnotice: () => undefined });
});
afterAll(async () => {
  await admin.end({ timeout: 1 });
  await server.stop();
});

const ints = (...values: (bigint | null)[]): Column => ({ type: "bigint", values });
const texts = (...values: (string | null)[]): Column => ({ type: "text", values });

let first: DestinationSession;
let second: DestinationSession;
const open = (url = server.url()): Promise<DestinationSession> =>
  postgres(url, { socket: openSocket }).open({ dataset: "shop" });

beforeEach(async () => {
  await admin.unsafe("DROP SCHEMA IF EXISTS shop CASCADE");
  [first, second] = [await open(), await open()];
});
afterEach(async () => {
  await first.close();
  await second.close();
});

const load = async (
  session: DestinationSession,
  id: string,
  fill: (load: DestinationLoad) => Promise<void>,
): Promise<void> => {
  const started = await session.begin(id);
  await fill(started);
  await started.commit(facts(id));
};

async function stateFacts(id: string, version: number, basedOn: string | undefined, schemaHash?: string) {
  const state = {
    ...defaultState({ pipeline: "p", dataset: "shop", schema: "shop" }),
    _state_version: version,
  };
  return facts(id, {
    basedOn: {
      ...(basedOn === undefined ? {} : { stateVersionHash: basedOn }),
      ...(schemaHash === undefined ? {} : { schemaVersionHash: schemaHash }),
    },
    state: {
      pipelineName: "p",
      version,
      engineVersion: 4,
      encoded: await encodeState(state),
      versionHash: `hash-${id}`,
      dltId: `row-${id}`,
    },
  });
}

/** Ends the connection on which a load of this session runs. */
async function cut(): Promise<void> {
  const ended = await admin.unsafe(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'runlet' AND datname = 'test' AND xact_start IS NOT NULL`,
  );
  expect(ended.length).toBe(1);
}

describe("two runs at once", () => {
  test("both may append to a table, and both are right", async () => {
    await load(first, "1", (l) => put(l, "t", { id: ints(1n) }));
    const [a, b] = [await first.begin("2"), await second.begin("3")];
    await put(a, "t", { id: ints(2n) });
    await put(b, "t", { id: ints(3n) });
    await b.commit(facts("3"));
    await a.commit(facts("2"));
    expect(await first.query("select id from t order by id")).toEqual([{ id: 1n }, { id: 2n }, { id: 3n }]);
  });

  test("the one whose state is not the newest any more loses, and changes nothing", async () => {
    const [a, b] = [await first.begin("1"), await second.begin("2")];
    await put(a, "a", { id: ints(1n) });
    await put(b, "b", { id: ints(1n) });
    await a.commit(await stateFacts("1", 1, undefined));
    await expect(b.commit(await stateFacts("2", 1, undefined))).rejects.toMatchObject({
      code: "CONCURRENT_RUN",
    });
    expect(await first.query("select load_id from _dlt_loads")).toEqual([{ load_id: "1" }]);
    await expect(first.query("select * from b")).rejects.toMatchObject({ code: "DESTINATION_QUERY" });
    const again = await second.begin("3");
    await again.commit(await stateFacts("3", 2, "hash-1", facts("3").schemaVersionHash));
    expect(await first.query("select version from _dlt_pipeline_state order by version")).toEqual([
      { version: 1n },
      { version: 2n },
    ]);
  });

  test("the one that would hide the other's schema version loses", async () => {
    await load(first, "1", (l) => put(l, "t", { id: ints(1n) }));
    const was = facts("1").schemaVersionHash;
    const change = (id: string) =>
      facts(id, {
        schemaVersionHash: `hash-${id}`,
        schemaVersion: 2,
        basedOn: { schemaVersionHash: was },
      });
    const [a, b] = [await first.begin("2"), await second.begin("3")];
    await a.commit(change("2"));
    await expect(b.commit(change("3"))).rejects.toMatchObject({
      code: "CONCURRENT_RUN",
      message: expect.stringContaining("schema shop") as string,
    });
    expect(await first.query("select version_hash from _dlt_version order by inserted_at")).toHaveLength(2);
  });

  test.each([
    ["replaces a table that the other appends to", "replace", "append"],
    ["appends to a table that the other replaces", "append", "replace"],
    ["replaces a table that the other replaces", "replace", "replace"],
  ] as const)("the one that %s is told at once", async (_, mine, theirs) => {
    await load(first, "1", (l) => put(l, "t", { id: ints(1n) }));
    const [a, b] = [await first.begin("2"), await second.begin("3")];
    await put(a, "t", { id: ints(2n) }, theirs);
    await expect(put(b, "t", { id: ints(3n) }, mine)).rejects.toMatchObject({ code: "CONCURRENT_RUN" });
    await b.rollback();
    await a.commit(facts("2"));
    expect(await first.query("select id from t order by id")).toEqual(
      theirs === "replace" ? [{ id: 2n }] : [{ id: 1n }, { id: 2n }],
    );
  });

  test("the one that creates the same table second is told at once", async () => {
    const [a, b] = [await first.begin("1"), await second.begin("2")];
    await put(a, "t", { id: ints(1n) });
    await expect(put(b, "t", { id: ints(2n) })).rejects.toMatchObject({ code: "CONCURRENT_RUN" });
    await b.rollback();
    await a.commit(facts("1"));
    expect(await first.query("select id from t")).toEqual([{ id: 1n }]);
  });

  test("a load that runs elsewhere is not begun again, one that is in changes nothing", async () => {
    const a = await first.begin("1");
    await expect(second.begin("1")).rejects.toMatchObject({ code: "CONCURRENT_RUN" });
    await put(a, "t", { id: ints(1n) });
    await a.commit(facts("1"));
    await load(second, "1", async (l) => {
      await put(l, "t", { id: ints(2n), more: texts("x") }, "replace");
      await put(l, "u", { id: ints(2n) });
    });
    expect(await first.query("select * from t")).toEqual([{ id: 1n }]);
    expect(await first.query("select count(*) n from _dlt_loads")).toEqual([{ n: 1n }]);
    expect([await first.hasLoad("1"), await first.hasLoad("2")]).toEqual([true, false]);
  });
});

describe("readers", () => {
  test("are not held up by a load, however it changes the table", async () => {
    await load(first, "1", (l) => put(l, "t", { id: ints(1n) }));
    await admin.unsafe("CREATE VIEW shop.seen AS SELECT id FROM shop.t");
    const started = await first.begin("2");
    await put(started, "t", { id: ints(2n), more: texts("m") }, "replace");
    await put(started, "t", { id: ints(3n), other: texts("o") });
    // A reader that waits for a lock would get this error.
    await admin.unsafe("SET lock_timeout = '2s'");
    expect(await admin.unsafe("SELECT * FROM shop.t")).toEqual([{ id: "1" }]);
    await started.commit(facts("2"));
    expect(await first.query("select * from t order by id")).toEqual([
      { id: 2n, more: "m", other: null },
      { id: 3n, more: null, other: "o" },
    ]);
    expect(await first.query("select * from seen order by id")).toEqual([{ id: 2n }, { id: 3n }]);
  });

  test("in a transaction from before a replace see the old rows after it", async () => {
    await load(first, "1", (l) => put(l, "t", { id: ints(1n) }));
    await admin.begin("isolation level repeatable read", async (reader) => {
      await reader.unsafe("SELECT 1 FROM pg_class LIMIT 1");
      await load(first, "2", (l) => put(l, "t", { id: ints(2n) }, "replace"));
      expect(await reader.unsafe("SELECT * FROM shop.t")).toEqual([{ id: "1" }]);
    });
    expect(await first.query("select * from t")).toEqual([{ id: 2n }]);
  });
});

describe("a connection that is cut", () => {
  const big: Record<string, Column> = { id: ints(...Array.from({ length: 3000 }, (_, n) => BigInt(n))) };

  test.each([
    [
      "between two writes",
      async (l: DestinationLoad) => (await cut(), void (await l.write("t", stream(big)))),
    ],
    ["before the commit", async (l: DestinationLoad) => (await cut(), void (await l.commit(facts("2"))))],
    [
      "in the middle of a COPY",
      async (l: DestinationLoad) => {
        const wide = stream({ v: texts(...Array.from({ length: 4000 }, () => "x".repeat(4000))) }, 4);
        await l.prepare(table("wide", { v: texts() }), "append");
        const writing = l.write("wide", wide);
        writing.catch(() => undefined);
        for (let copying = false; !copying;) {
          const [row] = await admin.unsafe(
            "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'runlet' AND query LIKE 'COPY%' AND state = 'active'",
          );
          copying = row!.n === 1;
        }
        await cut();
        await writing;
      },
    ],
  ])("%s leaves nothing, and the next run is fine", async (_, step) => {
    await load(first, "1", (l) => put(l, "t", { id: ints(1n) }));
    const started = await first.begin("2");
    await put(started, "t", big);
    await expect(step(started)).rejects.toMatchObject({ code: "DESTINATION_FAILED", retry: true });
    await expect(started.commit(facts("2"))).rejects.toBeDefined();
    await started.rollback();
    expect(await first.query("select * from t")).toEqual([{ id: 1n }]);
    expect(await second.query("select load_id from _dlt_loads")).toEqual([{ load_id: "1" }]);
    await load(first, "3", (l) => put(l, "t", { id: ints(3n) }));
    expect(await first.query("select * from t")).toEqual([{ id: 1n }, { id: 3n }]);
  });

  test.each([
    ["after the server was asked to commit: the load is in, and the run succeeds", true],
    ["before the server was asked to commit: the load is not in, and the run fails", false],
  ])("just %s", async (_, asked) => {
    let commits = 0;
    // Loses the connection at the second COMMIT, the load's; the first is the restoring transaction's.
    const socket = (host: string, port: number): unknown => {
      const opened = openSocket(host, port);
      const write = opened.write.bind(opened) as (...all: unknown[]) => boolean;
      opened.write = (...all: unknown[]) => {
        if (!Buffer.from(all[0] as Uint8Array).includes("COMMIT\0") || ++commits !== 2) return write(...all);
        if (asked) write(...all);
        opened.destroySoon();
        return true;
      };
      return opened;
    };
    const session = await postgres(server.url(), { socket }).open({ dataset: "shop" });
    await session.restore("p", "shop");
    const started = await session.begin("1");
    await put(started, "t", { id: ints(1n) });
    if (asked) await started.commit(facts("1"));
    else await expect(started.commit(facts("1"))).rejects.toMatchObject({ code: "DESTINATION_FAILED" });
    await session.close();
    expect(commits).toBeGreaterThanOrEqual(2);
    expect(await first.hasLoad("1")).toBe(asked);
  });

  test("under a query is named, and the next query is answered", async () => {
    const slow = first.query("select pg_sleep(60)");
    const failed = expect(slow).rejects.toMatchObject({ code: "DESTINATION_FAILED" });
    for (let running = false; !running;) {
      const [row] = await admin.unsafe(
        "SELECT count(*)::int AS n FROM pg_stat_activity WHERE query LIKE 'select pg_sleep%'",
      );
      running = row!.n === 1;
    }
    await cut();
    await failed;
    expect(await first.query("select 1 as one")).toEqual([{ one: 1 }]);
  });
});

describe("what Postgres refuses", () => {
  test("JSON with \\u0000 is told with its column, and nothing is loaded", async () => {
    const started = await first.begin("1");
    await started.prepare(table("t", { j: { type: "json" } }), "append");
    await expect(
      started.write("t", stream({ j: { type: "json", values: ['{"fine":1}', '{"a":"\\u0000"}'] } })),
    ).rejects.toMatchObject({ code: "DESTINATION_SCHEMA", where: { table: "t", column: "j" } });
    await started.rollback();
    await expect(first.query("select * from t")).rejects.toMatchObject({ code: "DESTINATION_QUERY" });
  });

  test("an integer too large for its column is told before the server sees it", async () => {
    const started = await first.begin("1");
    const columns = {
      small: { type: "bigint", precision: 16 },
      middle: { type: "bigint", precision: 32 },
    } as const;
    await started.prepare(table("t", columns), "append");
    await started.write(
      "t",
      stream({ small: ints(-32768n, 32767n), middle: ints(-(2n ** 31n), 2n ** 31n - 1n) }),
    );
    await expect(started.write("t", stream({ small: ints(1n, 32768n) }))).rejects.toMatchObject({
      code: "DESTINATION_SCHEMA",
      where: { table: "t", column: "small" },
    });
    await started.rollback();
  });

  test("a name beyond 63 bytes is refused, not cut", async () => {
    const started = await first.begin("1");
    const name = "é".repeat(32);
    await expect(started.prepare(table(name, { id: ints() }), "append")).rejects.toMatchObject({
      code: "DESTINATION_SCHEMA",
    });
    await started.rollback();
  });

  test("a row that breaks a rule is told without its values, in the cause, too", async () => {
    const started = await first.begin("1");
    await started.prepare(table("t", { id: { type: "bigint", nullable: false }, mail: texts() }), "append");
    const error = (await started
      .write("t", stream({ id: ints(null), mail: texts("ada@example.org") }))
      .catch((thrown: unknown) => thrown)) as Error;
    expect(error).toMatchObject({ code: "DESTINATION_SCHEMA", where: { table: "t", column: "id" } });
    expect(
      JSON.stringify([error.message, error.cause, Object.getOwnPropertyDescriptors(error.cause)]),
    ).not.toContain("ada@");
    await started.rollback();
  });
});

describe("a role of its own", () => {
  test("needs no more than CREATE on the database, then nothing but its schema", async () => {
    await admin.unsafe(`DROP ROLE IF EXISTS loader`);
    await admin.unsafe(`CREATE ROLE loader LOGIN PASSWORD 'x' NOSUPERUSER NOCREATEDB NOCREATEROLE`);
    const url = new URL(server.url());
    url.username = "loader";
    const session = await open(url.href);
    try {
      await expect(session.begin("1")).rejects.toMatchObject({
        code: "DESTINATION_FAILED",
        hint: expect.stringContaining("CREATE on the database") as string,
      });
      await admin.unsafe(`GRANT CREATE ON DATABASE test TO loader`);
      await load(session, "1", (l) => put(l, "t", { id: ints(1n) }));
      await admin.unsafe(`REVOKE CREATE ON DATABASE test FROM loader`);
      await load(session, "2", (l) => put(l, "t", { id: ints(2n), more: texts("x") }, "replace"));
      expect(await session.query("select * from t")).toEqual([{ id: 2n, more: "x" }]);
    } finally {
      await session.close();
      await admin.unsafe("DROP SCHEMA shop CASCADE; DROP OWNED BY loader; DROP ROLE loader");
    }
  });

  test("is told what is wrong with an address, without the address", async () => {
    const wrong = (url: string) =>
      open(url).then(
        () => expect.unreachable(),
        (error: unknown) => error as Error & { code: string },
      );
    for (const url of [
      server.url("no_such_database"),
      "postgres://me:hunter2@127.0.0.1:1/x",
      "me:hunter2@nowhere",
      "postgres://me:hunter2@127.0.0.1:1/x?sslmode=maybe",
      `${server.url()}?sslmode=require`,
    ]) {
      const error = await wrong(url);
      expect(["DESTINATION_FAILED", "CONFIG_INVALID"]).toContain(error.code);
      const shown = JSON.stringify([
        String(error),
        error.stack,
        error.cause,
        (error.cause as Error | undefined)?.stack,
      ]);
      expect(shown).not.toMatch(/hunter2|s3cret/);
    }
    expect(postgres("postgres://me:hunter2@db.example:5433/x?sslmode=require").address).toBe(
      "postgres:db.example:5433/x",
    );
    expect(postgres(secret("PG_URL")).address).toBe("postgres:$PG_URL");
  });

  test("may keep its address in a secret", async () => {
    const destination = postgres(secret("PG_URL"), { socket: openSocket });
    const session = await destination.open({ dataset: "shop", resolve: async () => server.url() });
    expect(await session.query("select current_schemas(false)::text[] as path, 1 as one, 2 as one")).toEqual([
      { path: ["public"], one: 1, one_1: 2 },
    ]);
    await session.close();
    await expect(destination.open({ dataset: "shop" })).rejects.toMatchObject({ code: "CONFIG_MISSING" });
  });
});
