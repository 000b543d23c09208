import { buildSync } from "esbuild";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import type { Host, MemoryStore } from "../../core/index.ts";
import { installTestHost } from "./host.ts";

const folder = mkdtempSync(join(tmpdir(), "runlet-minified-"));
afterAll(() => rmSync(folder, { recursive: true }));

const PIPELINE = `
import { installHost, memory, pipeline, resource, source, transformer } from ${JSON.stringify(resolve("core/index.ts"))};
const repositories = resource("repos", {}, function allRepositories() { return [{ full_name: "o/a" }, { full_name: "o/b" }]; });
const everyIssue = transformer("issues", { from: repositories, pick: { full_name: "text" }, include: ["full_name"] },
  function issuesOf(repo) { return [{ title: "of " + repo.full_name, labels: ["x"] }]; });
export async function run(host) {
  installHost(host);
  const to = memory();
  const info = await pipeline("github", source("github", {}, [repositories, everyIssue])).run({ to });
  return { to, info };
}
`;

test("a minified bundle loads the same tables and columns", async () => {
  writeFileSync(join(folder, "pipeline.ts"), PIPELINE);
  const outfile = join(folder, "pipeline.mjs");
  buildSync({
    entryPoints: [join(folder, "pipeline.ts")],
    outfile,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    nodePaths: [resolve("node_modules")],
    target: "es2022",
    logLevel: "silent",
  });
  expect(readFileSync(outfile, "utf8")).not.toContain("allRepositories");
  const { run } = (await import(pathToFileURL(outfile).href)) as {
    run(host: Host): Promise<{ to: MemoryStore; info: object }>;
  };
  const { to, info } = await run(installTestHost());
  expect(to.tables()["issues"]).toMatchObject([
    { title: "of o/a", _repos_full_name: "o/a" },
    { title: "of o/b", _repos_full_name: "o/b" },
  ]);
  expect(Object.keys(to.tables()).sort()).toEqual(["issues", "issues__labels", "repos"]);
  expect(info).toMatchObject({ pipeline: "github", datasetName: "github_dataset" });
});
