import { chdir, cwd } from "node:process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { destinationAt } from "../../host-node/address.ts";
import { engineModule } from "../../host-node/engine-module.ts";
import { environment, environmentPlaces, useEnvFile } from "../../host-node/environment.ts";
import { files, readFile, writeFile } from "../../host-node/files.ts";
import { glob } from "../../host-node/glob.ts";
import { defaultAddress } from "../../host-node/host.ts";
import { folderWith } from "./spawned.ts";

const before = cwd();
const folder = folderWith();
beforeAll(() => chdir(folder));
afterAll(() => chdir(before));

test("the engine is found from the sources, too, and compiled once", async () => {
  const module = await engineModule();
  expect(module).toBeInstanceOf(WebAssembly.Module);
  expect(await engineModule()).toBe(module);
});

describe("environment", () => {
  test("comes from the environment, then .env, then runlet.toml; empty is absent", () => {
    writeFileSync(".env", "RUNLET_T_A=file\nRUNLET_T_B=file\nRUNLET_T_E=\n");
    writeFileSync(
      "runlet.toml",
      `RUNLET_T_B = "toml"\nRUNLET_T_C = "toml"\nRUNLET_T_N = 7\nRUNLET_T_L = ["a"]\nRUNLET_T_E = "toml"\n[secrets]\nRUNLET_T_S = "s"\n`,
    );
    process.env["RUNLET_T_A"] = "env";
    const names = ["A", "B", "C", "S", "N", "L", "E", "X"];
    expect(Object.fromEntries(names.map((name) => [name, environment(`RUNLET_T_${name}`)]))).toEqual({
      A: "env",
      B: "file",
      C: "toml",
      S: "s",
      N: "7",
      L: '["a"]',
      E: "toml",
      X: undefined,
    });
  });

  test("a broken runlet.toml is named with its line, never with its text", () => {
    writeFileSync("runlet.toml", 'A = "1"\nTOKEN = hunter2\n');
    let thrown: unknown;
    try {
      environment("RUNLET_T_NONE");
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({
      code: "CONFIG_INVALID",
      message: "runlet.toml line 2 is not valid TOML",
    });
    expect((thrown as Error).cause).toBeUndefined();
    writeFileSync("runlet.toml", "");
  });

  test("another file can take the place of .env", () => {
    expect(() => useEnvFile("none.env")).toThrow(expect.objectContaining({ code: "CONFIG_MISSING" }));
    writeFileSync("prod.env", "RUNLET_T_B=prod\n");
    useEnvFile("prod.env");
    expect(environment("RUNLET_T_B")).toBe("prod");
    expect(environmentPlaces()).toEqual(["environment", "prod.env", "runlet.toml"]);
  });
});

describe("glob", () => {
  beforeAll(() => {
    for (const path of [
      "g/a-1.json",
      "g/a-2.json",
      "g/b.json",
      "g/.hidden.json",
      "g/x/a-3.json",
      "g/x/y/c.ndjson",
      "g/a[1].json",
    ]) {
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(path, "");
    }
  });

  test.each([
    ["g/*.json", ["g/a-1.json", "g/a-2.json", "g/a[1].json", "g/b.json"]],
    ["g/a-?.json", ["g/a-1.json", "g/a-2.json"]],
    ["g/a-[2-9].json", ["g/a-2.json"]],
    ["g/a-[!2].json", ["g/a-1.json"]],
    ["g/{b,x/a-3}.json", ["g/b.json", "g/x/a-3.json"]],
    ["g/**/*.json", ["g/a-1.json", "g/a-2.json", "g/a[1].json", "g/b.json", "g/x/a-3.json"]],
    ["g/**/c.ndjson", ["g/x/y/c.ndjson"]],
    ["g/*/*/*", ["g/x/y/c.ndjson"]],
    ["./g/b.json", ["./g/b.json"]],
    ["g/a[1].json", ["g/a[1].json"]],
    ["g/.*.json", ["g/.hidden.json"]],
    ["g", []],
    ["none/*.json", []],
    ["none.json", []],
  ])("%s", async (pattern, paths) => {
    expect(await glob(pattern)).toEqual(paths);
    expect(await glob(join(cwd(), pattern))).toEqual(paths.map((path) => join(cwd(), path)));
  });
});

test("files are written with their folders and read back whole", async () => {
  const bytes = crypto.getRandomValues(new Uint8Array(65_536)).map((byte) => byte);
  await writeFile("made/for/this.bin", bytes);
  expect(new Uint8Array(await new Response(await readFile("made/for/this.bin")).arrayBuffer())).toEqual(
    bytes,
  );
  expect(await readFile("none.bin")).toBeUndefined();
  const [file] = await files("made/for/*.bin");
  expect(file).toMatchObject({ path: "made/for/this.bin", size: 65_536 });
  expect(new Uint8Array(await new Response(file!.open()).arrayBuffer())).toEqual(bytes);
  await expect(files("made")).rejects.toMatchObject({ code: "SOURCE_NOT_FOUND" });
});

describe("an address", () => {
  test.each([
    ["duckdb:a.duckdb", "duckdb:a.duckdb"],
    ["duckdb:/tmp/x", "duckdb:/tmp/x"],
    ["duckdb::memory:", "duckdb::memory:"],
    ["a.duckdb", "duckdb:a.duckdb"],
    ["./dir/b.db", "duckdb:./dir/b.db"],
  ])("%s", (address, printed) => expect(destinationAt(address).address).toBe(printed));

  test.each(["mysql://host/db", "duckdb:", "data.json", "s3://bucket"])("%s is refused", (address) => {
    expect(() => destinationAt(address)).toThrow(
      expect.objectContaining({ code: "USAGE", hint: expect.stringContaining("duckdb:") }),
    );
  });

  test("by default is a file named after the pipeline", () => {
    expect(defaultAddress("git hub/x")).toBe("duckdb:git_hub_x.duckdb");
  });
});
