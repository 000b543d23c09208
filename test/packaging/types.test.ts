import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { problemKindInfo } from "@arethetypeswrong/core/problems";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installProject, type InstalledProject } from "./installed-project.ts";
import { packPackage, repository, type Tarball } from "./tarball.ts";

let project: InstalledProject;
let tarball: Tarball;

beforeAll(() => {
  project = installProject();
  tarball = packPackage();
}, 120_000);

afterAll(() => {
  project.remove();
  tarball.remove();
});

/** What is no module. */
const FILES = /\.(wasm|wit|json)$/;

test("are-the-types-wrong finds nothing, of what it says of packages of ES modules alone", async () => {
  const { exports } = JSON.parse(readFileSync(join(tarball.folder, "package.json"), "utf8")) as {
    exports: Record<string, unknown>;
  };
  const analysis = await checkPackage(createPackageFromTarballData(tarball.bytes), {
    excludeEntrypoints: Object.keys(exports).filter((path) => FILES.test(path)),
  });
  if (!analysis.types) throw new Error("the package has no types");
  // The profile "esm-only": TypeScript's resolution of before 2022 knows no exports, and `require` of ES modules, which
  // CommonJS files of TypeScript would write, came with Node 20.19 only; `import()` serves there.
  const ignored = ["node10", "node16-cjs"];
  const problems = analysis.problems.filter(
    (problem) => !("resolutionKind" in problem && ignored.includes(problem.resolutionKind)),
  );
  expect(problems.map((problem) => ({ ...problem, about: problemKindInfo[problem.kind].title }))).toEqual([]);
  expect(Object.keys(analysis.entrypoints).sort()).toEqual(
    Object.keys(exports)
      .filter((path) => !FILES.test(path))
      .sort(),
  );
});

describe("types are found and right in a strict project that checks those of its packages, too, and has no driver", () => {
  const use = `import { memory, nullDestination, pipeline, resource, type LoadInfo } from "runlet";
import { configureDuckDB } from "runlet/browser";
import { duckdb, type DuckDBDestination } from "runlet/duckdb";
import { lambda } from "runlet/lambda";
import { disk, parquet, r2, s3 } from "runlet/parquet";
import { postgres } from "runlet/postgres";
import { serve } from "runlet/serve";
import { worker } from "runlet/workers";
const people = pipeline("people", resource("people", { write: "append" }, [{ id: 1 }]));
export const info: Promise<LoadInfo> = people.run({ to: nullDestination() });
// @ts-expect-error: no such option
export const wrong = people.run({ too: nullDestination() });
export const store: DuckDBDestination = duckdb("people.duckdb");
export const stores = [memory(), store, parquet(disk("lake")), parquet(s3("s3://bucket")), postgres("postgres://host/db")];
export const handlers = [serve(people), lambda(people), worker(people, { to: (env) => parquet(r2(env.LAKE)) })];
export { configureDuckDB };
`;

  test.each([
    ["node16", "node16"],
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
    ["preserve", "bundler"],
  ])("module %s, moduleResolution %s", { timeout: 60_000 }, (module, moduleResolution) => {
    const { stdout, status } = compile({ module, moduleResolution, types: [] }, use);
    expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
  });

  test("the oldest TypeScript target, without iterators of the DOM", { timeout: 60_000 }, () => {
    const options = { module: "esnext", moduleResolution: "bundler", types: [], skipLibCheck: true };
    const { stdout, status } = compile({ ...options, lib: ["es2022", "dom"] }, use);
    expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
  });
});

function compile(options: object, text: string): { stdout: string; status: number | null } {
  const folder = mkdtempSync(join(tmpdir(), "runlet-types-"));
  try {
    const file = join(project.folder, "use.ts");
    writeFileSync(file, text);
    const compilerOptions = {
      ...{ target: "es2022", lib: ["es2023", "dom", "dom.iterable", "dom.asynciterable"] },
      ...{ strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, noEmit: true },
      ...{ skipLibCheck: false, ...options },
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [file] }));
    const tsc = join(repository, "node_modules/typescript/bin/tsc");
    const { stdout, status } = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
    return { stdout, status };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
