import { existsSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { folderWith, program, runlet } from "../cli/spawned.ts";
import { denoBinary } from "../runtimes/binaries.ts";
import { start, stop } from "../runtimes/child.ts";
import { listen, PER_PAGE, PAGES } from "./shop.ts";

const MAIN = `import { files, http, pipeline, resource, secret, source } from "runlet";
import { duckdb } from "runlet/duckdb";
const [api, to = "out/shop.duckdb"] = Deno.args;
const orders = resource("orders", { config: { key: secret("API_KEY") } }, ({ http }) => http.pages("/orders"));
const shop = pipeline("shop", [source("shop", { http: http(api) }, [orders]), files("more", { from: "data/*.ndjson" })]);
try {
  const { tables } = await shop.run({ to: duckdb(to) });
  console.log(JSON.stringify(Object.fromEntries(Object.entries(tables).map(([name, { rows }]) => [name, rows]))));
} catch (error) {
  console.log(JSON.stringify({ code: error.code, told: String(error) }));
  Deno.exit(1);
}
`;

let api: Awaited<ReturnType<typeof listen>>;
let host = "";
beforeAll(async () => {
  api = await listen();
  host = new URL(api.url).host;
});
afterAll(() => {
  api.server.closeAllConnections();
  api.server.close();
});

/** An application with runlet among its packages, as npm installs it. */
function app(): string {
  const cwd = realpathSync(folderWith({ "main.ts": MAIN, "package.json": '{"type":"module"}' }));
  for (const folder of ["data", "out", "node_modules"]) mkdirSync(join(cwd, folder));
  writeFileSync(join(cwd, "data/a.ndjson"), '{"id":1}\n{"id":2}\n');
  symlinkSync(resolve("."), join(cwd, "node_modules/runlet"), "dir");
  return cwd;
}

const PACKAGES = realpathSync("node_modules");
/** What the pipeline does, no more: the comment in host-deno/index.ts. */
const LEAST = {
  net: "",
  env: "API_KEY",
  read: `node_modules,${PACKAGES},data,out,.runlet`,
  write: "out,.runlet",
};
type Leave = Partial<Record<"net" | "env" | "read" | "write" | "ffi" | "sys", string>>;

function flagsOf(leave: Leave): string[] {
  const flags = Object.entries({ ...LEAST, ...leave }).flatMap(([name, value]) =>
    value ? [`--allow-${name}=${value}`] : [],
  );
  return ["run", "--no-prompt", "--no-remote", ...flags];
}

function run(cwd: string, leave: Leave, env: Record<string, string> = {}) {
  return program(denoBinary(), [...flagsOf({ net: host, ...leave }), "main.ts", api.url], {
    cwd,
    env: { API_KEY: "k", ...env },
  });
}

/** What was wanted beyond what is allowed: on a terminal, a person would be asked for it. Deno writes down every access
 *  (https://docs.deno.com/runtime/fundamentals/security). */
function beyond(audit: string, leave: Leave, cwd: string): string[] {
  const allowed: Record<string, string | undefined> = { ...LEAST, ...leave };
  const within = (path: string, folder: string) =>
    `${resolve(cwd, path)}/`.startsWith(`${resolve(cwd, folder)}/`);
  const accesses = readFileSync(audit, "utf8").trim().split("\n");
  expect(accesses.length).toBeGreaterThan(10);
  return accesses.flatMap((line) => {
    const { permission, value: wanted } = JSON.parse(line) as { permission: string; value: string };
    const value = permission === "net" && URL.canParse(wanted) ? new URL(wanted).host : wanted;
    const places = allowed[permission]?.split(",") ?? [];
    const isPath = ["read", "write", "ffi"].includes(permission);
    return places.some((place) => (isPath ? within(value, place) : value === place))
      ? []
      : [`${permission} ${value}`];
  });
}

const NATIVE = { ffi: PACKAGES };
const WASM = { sys: "cpus" };
const LOADED = { orders: PAGES * PER_PAGE, orders__tags: PAGES * PER_PAGE, more: 2 };

describe("Deno, with the permissions that a pipeline's doings need and no other", () => {
  test.each([
    ["native", NATIVE],
    ["wasm", WASM],
  ])("loads into a DuckDB file with the %s driver", async (_, driver) => {
    const cwd = app();
    const audit = join(cwd, "audit.jsonl");
    const { code, stdout, stderr } = await run(cwd, driver, { DENO_AUDIT_PERMISSIONS: audit });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(beyond(audit, { net: host, ...driver }, cwd)).toEqual([]);
    expect(JSON.parse(stdout)).toEqual(LOADED);
    expect(existsSync(join(cwd, ".runlet"))).toBe(false);
    expect(existsSync(join(cwd, "out/shop.duckdb.lock"))).toBe(false);
    const sql = "select (select count(*) from orders) orders, (select count(*) from more) more";
    const node = await runlet(["query", join(cwd, "out/shop.duckdb"), sql, "--json"]);
    expect(JSON.parse(node.stdout)).toEqual([{ orders: PAGES * PER_PAGE, more: 2 }]);
  });

  test.each([
    ["net", { net: undefined }, () => `--allow-net=${host}`],
    ["env", { env: undefined }, () => "environment (--allow-env)"],
    ["read of the files", { read: `node_modules,${PACKAGES},out,.runlet` }, () => "--allow-read=data/"],
    [
      "read of the database's folder",
      { read: `node_modules,${PACKAGES},data,.runlet` },
      (cwd: string) => `--allow-read=${cwd}/out`,
    ],
    ["write of the database's folder", { write: ".runlet" }, (cwd: string) => `--allow-write=${cwd}/out`],
    ["a place for load packages", { write: "out" }, () => "--allow-write=.runlet"],
  ] as [string, Leave, (cwd: string) => string][])("without %s it names the flag", async (_, leave, flag) => {
    const cwd = app();
    const { code, stdout } = await run(cwd, { ...NATIVE, ...leave });
    expect(code).toBe(1);
    const { code: error, told } = JSON.parse(stdout) as { code: string; told: string };
    expect(error).toBe("CONFIG_MISSING");
    expect(told).toContain(flag(cwd));
  });

  test("secrets come out of .env, where that may be read", async () => {
    const cwd = app();
    writeFileSync(join(cwd, ".env"), "API_KEY=from-the-file\n");
    const { code } = await run(
      cwd,
      { ...NATIVE, env: undefined, read: `${LEAST.read},.env` },
      { API_KEY: "" },
    );
    expect(code).toBe(0);
  });

  test("the locks of a run that was killed are taken over, and those of one that lives are not", async () => {
    const cwd = app();
    const slow = await listen(10_000);
    const lock = join(cwd, "out/shop.duckdb.lock");
    const held = start(
      denoBinary(),
      [...flagsOf({ ...NATIVE, net: new URL(slow.url).host }), "main.ts", slow.url],
      {
        cwd,
        env: { API_KEY: "k" },
      },
    );
    try {
      while (!existsSync(lock)) await new Promise((resolve) => setTimeout(resolve, 20));
      const other = await run(cwd, NATIVE);
      expect(JSON.parse(other.stdout)).toMatchObject({ code: "CONCURRENT_RUN" });
      await stop(held.child, held.ended);
      expect(existsSync(lock)).toBe(true);
      const next = await run(cwd, NATIVE);
      expect(next.stderr).toBe("");
      expect(JSON.parse(next.stdout)).toEqual(LOADED);
      expect(existsSync(lock)).toBe(false);
    } finally {
      await stop(held.child, held.ended);
      slow.server.closeAllConnections();
      slow.server.close();
    }
  });
});
