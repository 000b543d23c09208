import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { folderWith, MAIN, node } from "./spawned.ts";

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as {
  version: string;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
};
const DRIVER = `@duckdb/duckdb-wasm@${manifest.peerDependencies["@duckdb/duckdb-wasm"]}`;

/** An installation of the built package with its dependencies, and no driver. */
function installedWithoutDriver(): { folder: string; main: string } {
  const folder = folderWith({ "x.json": '[{"a":1,"tags":["b"]}]' });
  const home = join(folder, "node_modules/runlet");
  mkdirSync(home, { recursive: true });
  cpSync("dist", join(home, "dist"), { recursive: true });
  cpSync("package.json", join(home, "package.json"));
  const needed = new Set<string>();
  const take = (name: string) => {
    if (needed.has(name)) return;
    needed.add(name);
    const from = resolve("node_modules", name);
    const { dependencies = {} } = JSON.parse(readFileSync(join(from, "package.json"), "utf8"));
    for (const each of Object.keys(dependencies)) take(each);
    cpSync(from, join(folder, "node_modules", name), { recursive: true });
  };
  for (const name of Object.keys(manifest.dependencies)) take(name);
  return { folder, main: join(home, "dist/node/cli.js") };
}

describe("without a driver", () => {
  let folder: string;
  let main: string;
  beforeAll(() => void ({ folder, main } = installedWithoutDriver()), 60_000);

  test("the message is the command that installs one", async () => {
    const { code, stderr, stdout } = await node(main, ["load", "x.json", "--to", "duckdb:x.duckdb"], {
      cwd: folder,
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^✖ DRIVER_MISSING {2}/);
    expect(stderr).toContain(`npm install ${DRIVER}`);
    expect(stderr).toMatch(/nothing loaded · exit 2\n$/);
    expect(readdirSync(folder)).not.toContain("x.duckdb");
  });

  test("a dry run needs none", async () => {
    writeFileSync(
      join(folder, "p.ts"),
      `import { files, pipeline } from "runlet"; export default pipeline("p", files("x", { from: "x.json" }));`,
    );
    const { code, stdout } = await node(main, ["run", "p.ts", "--dry-run"], { cwd: folder });
    expect(code).toBe(0);
    expect(stdout).toMatch(/ {2}x +1 +3 columns\n {2}└─ tags +1 /);
  });
});

test("npx runlet works in the built clone", () => {
  expect(statSync(MAIN).mode & 0o111).not.toBe(0);
  const printed = execFileSync("npx", ["--no-install", "runlet", "--version"], { encoding: "utf8" });
  expect(printed.trim()).toBe(manifest.version);
});

/** Bytes of all files below a folder. */
function size(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

// Downloads some 50 MB: only in the long run of the tests.
describe.runIf(process.env["RUNLET_FULL"])("in an empty folder", () => {
  test("the packed tarball and the driver are all that a load needs", { timeout: 300_000 }, async () => {
    const cwd = folderWith({ "x.json": '[{"a":1,"tags":["b","c"]}]' });
    const npm = (...parameters: string[]) =>
      execFileSync("npm", [...parameters, "--loglevel=error", "--no-audit", "--no-fund"], {
        cwd,
        encoding: "utf8",
      });
    execFileSync("npm", ["pack", "--ignore-scripts", "--loglevel=error", "--pack-destination", cwd]);
    const tarball = readdirSync(cwd).find((name) => name.endsWith(".tgz"))!;
    const started = performance.now();
    npm("install", `./${tarball}`, DRIVER, "--cache", join(cwd, "cache"));
    const installed = performance.now();
    const options = { cwd, encoding: "utf8" } as const;
    const load = ["runlet", "load", "x.json", "--to", "duckdb:x.duckdb"];
    expect(execFileSync("npx", load, options)).toMatch(/ {2}x +1 .*\n {2}└─ tags +2 +x__tags/);
    const loaded = performance.now();
    expect(
      JSON.parse(execFileSync("npx", ["runlet", "query", "x.duckdb", "from x__tags", "--json"], options)),
    ).toHaveLength(2);
    const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
    const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
    console.log(
      [
        `tarball ${megabytes(statSync(join(cwd, tarball)).size)}`,
        `downloaded ${megabytes(size(join(cwd, "cache/_cacache/content-v2")))}`,
        `node_modules ${megabytes(size(join(cwd, "node_modules")))}`,
        `install ${seconds(installed - started)}`,
        `npx runlet load ${seconds(loaded - installed)}`,
      ].join(" · "),
    );
  });
});
