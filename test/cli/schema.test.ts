import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { folderWith, runlet } from "./spawned.ts";

const cwd = folderWith({
  "users.ndjson":
    '{"id":1,"name":"Ada","age":36,"tags":["x","y"]}\n{"id":9007199254740993,"name":"Bob","age":1,"tags":[]}\n',
});

let at = 0;
let db: string;
const run = (...parameters: string[]) => runlet(parameters, { cwd, env: { NO_COLOR: "1" } });
const ask = async (sql: string): Promise<unknown> =>
  JSON.parse((await run("query", db, sql, "--json")).stdout);

beforeAll(async () => {
  expect((await run("load", "users.ndjson", "--to", "loaded.duckdb", "--dataset", "users")).code).toBe(0);
}, 60_000);

beforeEach(() => {
  db = `s${at++}.duckdb`;
  copyFileSync(join(cwd, "loaded.duckdb"), join(cwd, db));
});

/** The dataset's schema in a file, changed. */
async function exported(change: (tables: Record<string, any>) => void = () => undefined): Promise<string> {
  const file = join(cwd, `${db}.yaml`);
  expect((await run("schema", "export", db, file)).code).toBe(0);
  const schema = parse(readFileSync(file, "utf8"));
  change(schema.tables);
  writeFileSync(file, stringify(schema));
  return file;
}

describe("schema export", () => {
  test("writes dlt's document, names as keys only, to stdout, a file, or a folder under dlt's name", async () => {
    const { stdout } = await run("schema", "export", db);
    const schema = parse(stdout);
    expect(schema).toMatchObject({ name: "users", engine_version: 11, version: 2 });
    expect(schema.tables.users.columns.id).toEqual({ data_type: "bigint", nullable: true });
    expect(schema.tables.users).not.toHaveProperty("name");
    const folder = folderWith();
    const done = await run("schema", "export", db, folder);
    expect(done.stdout).toBe(`✔ schema users, version 2 → ${join(folder, "users.schema.yaml")}\n`);
    expect(readFileSync(join(folder, "users.schema.yaml"), "utf8")).toBe(stdout);
    expect(JSON.parse((await run("schema", "export", db, "--format", "json")).stdout)).toEqual(schema);
  });
});

describe("schema diff", () => {
  test("is silent and 0 where nothing differs", async () => {
    const file = await exported();
    expect(await run("schema", "diff", db, file)).toEqual({
      code: 0,
      stdout: `dataset users is as ${file} says\n`,
      stderr: "",
    });
  });

  test("lists what comes, goes and changes, with types, and ends with 3", async () => {
    const file = await exported((tables) => {
      tables["users"].columns["id"].data_type = "decimal";
      tables["users"].columns["id"].description = "the key";
      tables["users"].columns["full_name"] = {
        ...tables["users"].columns["name"],
        "x-runlet": { renamedFrom: "name" },
      };
      delete tables["users"].columns["name"];
      delete tables["users__tags"];
      tables["users"].columns["note"] = { data_type: "text" };
      tables["orders"] = {
        columns: { total: { data_type: "decimal", precision: 12, scale: 2, nullable: false } },
      };
    });
    const { code, stdout, stderr } = await run("schema", "diff", db, file);
    expect({ code, stderr }).toEqual({ code: 3, stderr: "" });
    expect(stdout.trim().split("\n")).toEqual([
      "- users__tags",
      "~ users.name → full_name",
      "~ users.id bigint → decimal",
      "+ users.note text",
      "+ orders",
      "+ orders.total decimal(12,2) not null",
      '~ users.id description: none → "the key"',
    ]);
    const json = JSON.parse((await run("schema", "diff", db, file, "--json")).stdout);
    expect(json.steps[0]).toEqual({ kind: "drop-table", table: "users__tags" });
  });
});

test("a run starts from the schema of a file", async () => {
  writeFileSync(
    join(cwd, "given.yaml"),
    "name: p\ntables:\n  never: {columns: {x: {data_type: text}}}\n  things:\n    columns:\n      id: {data_type: text, nullable: false}\n      price: {data_type: decimal, precision: 12, scale: 2}\n",
  );
  writeFileSync(
    join(cwd, "p.ts"),
    'import { pipeline, resource } from "runlet"; export default pipeline("p", resource("things", {}, [{ id: 1 }]));',
  );
  const done = await run("run", "p.ts", "--to", "given.duckdb", "--schema", "given.yaml");
  expect(done.stderr).toBe("");
  const { stdout } = await run("query", "given.duckdb", "select id, price from things", "--json");
  expect(JSON.parse(stdout)).toEqual([{ id: "1", price: null }]);
  expect(await run("schema", "given.duckdb")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("things"),
  });
  const missing = await run("run", "p.ts", "--to", "given.duckdb", "--schema", "nowhere.yaml");
  expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining("nowhere.yaml")]);
});

describe("schema apply", () => {
  test("does what the file says, in one new version of the schema; then nothing differs", async () => {
    const file = await exported((tables) => {
      tables["users"].columns["id"].data_type = "decimal";
      tables["users"].columns["full_name"] = {
        ...tables["users"].columns["name"],
        "x-runlet": { renamedFrom: "name" },
      };
      delete tables["users"].columns["name"];
      tables["users"].columns["note"] = { data_type: "text" };
      tables["orders"] = { columns: { total: { data_type: "bigint" } } };
    });
    const dry = await run("schema", "apply", db, file, "--dry-run");
    expect(dry.stdout).toContain("nothing was changed (--dry-run)");
    expect(await ask("select count(*) as n from _dlt_version")).toEqual([{ n: 1 }]);
    const done = await run("schema", "apply", db, file);
    expect(done.stderr).toBe("");
    expect(done.stdout).toContain(`✔ 4 changes → duckdb:${db}, dataset users: schema users, version 3\n`);
    expect(await ask("select id, full_name, note from users order by id")).toEqual([
      { id: "1.000000000", full_name: "Ada", note: null },
      { id: "9007199254740993.000000000", full_name: "Bob", note: null },
    ]);
    expect(await ask("select count(*) as n from orders")).toEqual([{ n: 0 }]);
    expect((await run("schema", "diff", db, file)).code).toBe(0);
    // Something has another name: the version before is of no use to anybody.
    expect(await ask("select version from _dlt_version")).toEqual([{ version: 3 }]);
    expect(await ask("select count(*) as n from _dlt_loads where status = 0")).toEqual([{ n: 2 }]);
  });

  test("what is renamed may be dropped by either name; names are ones that loads would give", async () => {
    const done = await run(
      ...["schema", "apply", db, "--yes"],
      ...["--rename", "users=people", "--drop", "users__tags", "--drop", "people.age"],
    );
    expect([done.code, done.stderr]).toEqual([0, ""]);
    expect(await ask("select * exclude (_dlt_id, _dlt_load_id) from people where id = 1")).toEqual([
      { id: 1, name: "Ada" },
    ]);
    for (const [name, hint] of [
      ["Users", "write that"],
      ['x"; drop table people; --', "write that"],
      ["_dlt_people", "does not begin with _dlt"],
    ] as const) {
      const refused = await run("schema", "apply", db, "--rename", `people=${name}`);
      expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining(hint)]);
    }
    expect(await ask("select count(*) as n from people")).toEqual([{ n: 2 }]);
  });

  test("what takes data away needs --yes", async () => {
    const refused = await run("schema", "apply", db, "--drop", "users.age,users__tags");
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("2 steps take data away: - users__tags, - users.age bigint");
    expect(refused.stderr).toContain("--yes");
    expect(await ask("select age from users order by id limit 1")).toEqual([{ age: 36 }]);
    expect((await run("schema", "apply", db, "--drop", "users.age,users__tags", "--yes")).code).toBe(0);
    expect((await run("query", db, "select age from users")).code).toBe(5);
    expect((await run("query", db, "select * from users__tags")).code).toBe(5);
  });

  test("a renamed table takes those nested in it along, and loads go on in it", async () => {
    const renamed = await run(
      "schema",
      "apply",
      db,
      "--rename",
      "users=people",
      "--rename",
      "users.name=who",
    );
    expect(renamed.stdout).toContain("~ users__tags → people__tags\n");
    expect(renamed.stdout).toContain("~ people.name → who\n");
    const more = await run("load", "users.ndjson", "--to", db, "--dataset", "users", "--table", "people");
    expect(more.stderr).toBe("");
    expect(await ask("select count(*) as n, count(who) as who from people")).toEqual([{ n: 4, who: 2 }]);
    expect(
      await ask("select count(*) as n from people__tags t join people p on p._dlt_id = t._dlt_parent_id"),
    ).toEqual([{ n: 4 }]);
  });

  test.each(["destination.commit.before", "destination.commit.during", "destination.commit.after"])(
    "killed at %s it is done whole or not at all",
    async (point) => {
      const options = ["--rename", "users.name=who", "--drop", "users.age,users__tags", "--yes"];
      const killed = await runlet(["schema", "apply", db, ...options], {
        cwd,
        env: { RUNLET_FAILPOINT: point },
      });
      expect(killed.code).toBe("SIGKILL");
      const { columns } = parse((await run("schema", "export", db)).stdout).tables.users;
      const isDone = "who" in columns;
      if (point.endsWith("before")) expect(isDone).toBe(false);
      if (point.endsWith("after")) expect(isDone).toBe(true);
      const [first] = (await ask("select * from users limit 1")) as object[];
      expect(Object.keys(first!)).toEqual(Object.keys(columns));
      expect((await run("query", db, "select * from users__tags")).code).toBe(isDone ? 5 : 0);
      expect(await ask("select version from _dlt_version")).toEqual([{ version: isDone ? 3 : 2 }]);
      if (!isDone) expect((await run("schema", "apply", db, ...options)).code).toBe(0);
    },
    60_000,
  );

  test.each([
    [["--rename", "nobody=people"], 3, "has no table nobody"],
    [["--rename", "users=users__tags"], 3, "cannot be called users__tags"],
    [["--drop", "users._dlt_id", "--yes"], 3, "cannot drop column _dlt_id of table users: dlt relies on it"],
    [["--rename", "users"], 2, "It is written old=new"],
    [[], 2, "nothing says what is to change"],
    [["missing.yaml"], 2, "schema file missing.yaml"],
  ])("%j is refused", async (options, code, message) => {
    const outcome = await run("schema", "apply", db, ...options);
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).toContain(message);
  });

  test("a type that would change values is refused with the column and a way out", async () => {
    const file = await exported((tables) => (tables["users"].columns["name"].data_type = "bigint"));
    const outcome = await run("schema", "apply", db, file, "--yes", "--json");
    expect(outcome.code).toBe(3);
    expect(JSON.parse(outcome.stdout).error).toMatchObject({
      code: "SCHEMA_INVALID",
      where: { table: "users", column: "name" },
    });
    expect(outcome.stderr).toContain("renamedFrom");
  });

  test("integers that a double would round leave the dataset as it was", async () => {
    const file = await exported((tables) => (tables["users"].columns["id"].data_type = "double"));
    const outcome = await run("schema", "apply", db, file);
    expect(outcome.code).toBe(5);
    expect(outcome.stderr).toContain("column id of table users has integers that a double would round");
    expect(await ask("select count(*) as n from _dlt_version")).toEqual([{ n: 1 }]);
  });
});
