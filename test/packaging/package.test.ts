import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packPackage, repository, type Tarball } from "./tarball.ts";

interface Manifest {
  exports: Record<string, string | Record<string, string>>;
  bin: Record<string, string>;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
}

let tarball: Tarball;
let manifest: Manifest;

beforeAll(() => {
  tarball = packPackage();
  manifest = JSON.parse(readFileSync(join(tarball.folder, "package.json"), "utf8")) as Manifest;
}, 120_000);

afterAll(() => tarball.remove());

test("publint has nothing to say", async () => {
  const { messages } = await publint({
    pack: { tarball: tarball.bytes.buffer },
    level: "suggestion",
    strict: true,
  });
  expect(messages.map((message) => formatMessage(message, manifest as never))).toEqual([]);
});

test("every target of the exports and of bin is packed, its types beside it", () => {
  const targets = Object.values(manifest.exports).flatMap((each) =>
    typeof each === "string" ? [each] : Object.values(each),
  );
  const scripts = targets.filter((each) => each.endsWith(".js"));
  const wanted = [
    ...targets,
    ...Object.values(manifest.bin),
    ...scripts.map((each) => each.replace(/js$/, "d.ts")),
  ];
  expect(scripts.length).toBeGreaterThanOrEqual(7);
  expect(wanted.filter((each) => !tarball.files.includes(each.replace(/^\.\//, "")))).toEqual([]);
});

test("conditions stand in the order that every runtime needs", () => {
  // The first that a runtime knows wins: workerd's bundlers and Deno know "browser" and "node", too.
  const order = ["types", "workerd", "edge-light", "deno", "bun", "browser", "node", "default"];
  expect(Object.keys(manifest.exports["."]!)).toEqual(order);
  for (const each of Object.values(manifest.exports)) {
    if (typeof each === "string") continue;
    expect(order.filter((condition) => condition in each)).toEqual(Object.keys(each));
    expect(Object.keys(each)[0]).toBe("types");
  }
});

test("nothing is packed but what runs, its types, and the texts", () => {
  const wanted =
    /^dist\/(core|host-[a-z]+)\/.*\.(js|d\.ts)$|^dist\/(core|runlet-engine(\.component)?)\.wasm$|^core\/engine\/engine\.wit$/;
  const texts = ["CHANGELOG.md", "LICENSE", "README.md", "package.json"];
  expect(tarball.files.filter((each) => !wanted.test(each))).toEqual(texts);
  expect(tarball.files.filter((each) => /(^|\/)(test|bench|examples)\/|\.test\./.test(each))).toEqual([]);
});

test("the engine in the JavaScript is core.wasm", async () => {
  const { coreBase64 } = (await import(join(tarball.folder, "dist/core/binding/core-bytes.js"))) as {
    coreBase64: string;
  };
  const wasm = readFileSync(join(tarball.folder, "dist/core.wasm"));
  expect(wasm.equals(Buffer.from(coreBase64, "base64"))).toBe(true);
});

test("its types need nothing but those of the Web, however modules are resolved", () => {
  const project = join(tarball.folder, "..");
  mkdirSync(join(project, "node_modules"));
  symlinkSync(tarball.folder, join(project, "node_modules/runlet"), "dir");
  symlinkSync(join(repository, "node_modules"), join(tarball.folder, "node_modules"), "dir");
  writeFileSync(
    join(project, "use.ts"),
    `import { nullDestination, pipeline, resource, type LoadInfo } from "runlet";
const people = pipeline("people", resource("people", { write: "append" }, [{ id: 1 }]));
export const info: Promise<LoadInfo> = people.run({ to: nullDestination() });
// @ts-expect-error: no such option
export const wrong = people.run({ too: nullDestination() });`,
  );
  for (const [module, moduleResolution] of [
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ]) {
    const compilerOptions = {
      ...{ module, moduleResolution, target: "es2022", lib: ["es2023", "dom", "dom.asynciterable"] },
      ...{ types: [], strict: true, noEmit: true },
    };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["use.ts"] }));
    const tsc = join(repository, "node_modules/typescript/bin/tsc");
    const { stdout, status } = spawnSync(process.execPath, [tsc, "-p", project], { encoding: "utf8" });
    expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
  }
});

describe("each entry finds all its modules in the package, and names no others than its dependencies", () => {
  test.each([
    ["host-browser/index.js", []],
    ["host-deno/index.js", []],
    ["host-workers/index.js", []],
    ["host-workers/edge-light.js", []],
    ["host-node/index.js", builtinModules],
  ])("%s", async (entry, builtins: readonly string[]) => {
    const { metafile } = await build({
      absWorkingDir: tarball.folder,
      entryPoints: [`dist/${entry}`],
      bundle: true,
      write: false,
      metafile: true,
      outdir: "out",
      format: "esm",
      packages: "external",
      platform: "neutral",
      loader: { ".wasm": "copy" },
    });
    expect(Object.keys(metafile.inputs)).toContain("dist/core/pipeline/run.js");
    const outside = Object.values(metafile.inputs).flatMap((input) =>
      input.imports.filter((each) => each.external).map((each) => each.path.replace(/^node:/, "")),
    );
    const packages = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    const known = (path: string) =>
      builtins.includes(path) || packages.some((name) => path === name || path.startsWith(`${name}/`));
    expect(outside).toContain("ky");
    expect(outside.filter((path) => !known(path))).toEqual([]);
  });
});
