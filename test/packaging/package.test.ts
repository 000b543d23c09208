import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packPackage, type Tarball } from "./tarball.ts";

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
  // What is bundled for Node, Bun and Deno has the types of the modules it is made of.
  const bundled = (path: string) => path.startsWith("./dist/node/");
  const scripts = targets.filter((each) => each.endsWith(".js") && !bundled(each));
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

test("under every set of conditions all entries are of one kind: bundled, or module by module", () => {
  const conditions = Object.keys(manifest.exports["."] as object).filter((each) => each !== "types");
  const portable = Object.entries(manifest.exports).filter(
    ([path, each]) => typeof each !== "string" && !["./lambda", "./browser"].includes(path),
  ) as [string, Record<string, string>][];
  expect(portable.length).toBeGreaterThan(5);
  for (const condition of conditions) {
    const found = portable.map(([, each]) => each[condition]?.startsWith("./dist/node/"));
    expect({ condition, found: [...new Set(found)] }).toEqual({
      condition,
      found: [["deno", "bun", "node"].includes(condition)],
    });
  }
});

test("nothing is packed but what runs, its types, and the texts", () => {
  const wanted =
    /^dist\/(core|host-browser|host-workers)\/.*\.js$|^dist\/(core|host-[a-z]+)\/.*\.d\.ts$|^dist\/node\/([\w-]+\.js|LICENSES\.md)$|^dist\/(core|runlet-engine(\.component)?)\.wasm$|^core\/engine\/engine\.wit$/;
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

describe("each entry finds all its modules in the package, and names no others than its dependencies", () => {
  test.each([
    ["host-browser/index.js", []],
    ["host-workers/index.js", []],
    ["host-workers/edge-light.js", []],
    ["node/deno.js", builtinModules],
    ["node/index.js", builtinModules],
    ["node/lambda.js", builtinModules],
    ["node/cli.js", builtinModules],
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
    expect(Object.keys(metafile.inputs).join(" ")).toMatch(
      /dist\/(core\/pipeline\/run|node\/core-[\w-]+)\.js/,
    );
    const outside = Object.values(metafile.inputs).flatMap((input) =>
      input.imports.filter((each) => each.external).map((each) => each.path.replace(/^node:/, "")),
    );
    const packages = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    const known = (path: string) =>
      builtins.includes(path) || packages.some((name) => path === name || path.startsWith(`${name}/`));
    expect(outside).toContain(entry.startsWith("node/") ? "aws4fetch" : "ky");
    expect(outside.filter((path) => !known(path))).toEqual([]);
  });
});
