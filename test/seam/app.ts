import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions } from "esbuild";

export const repository = fileURLToPath(new URL("../..", import.meta.url));

/** The entries: the same call, with the address and the result on the road that the runtime has. */
const entries = {
  "command.js": `import process from "node:process";
import { seam } from "./pipeline.js";
const entry = import.meta.resolve("runlet");
console.log(JSON.stringify({ entry, ...(await seam(process.argv[2])) }));`,
  "ask-deno.js": `const read = [];
const { readFile } = Deno;
Deno.readFile = (path) => (read.push(String(path)), readFile(path));
const { nullDestination, pipeline, resource, secret } = await import("runlet");
const asks = resource("asks", { config: { key: secret("SEAM_SECRET") } }, ({ config }) => [{ length: config.key.length }]);
const error = await pipeline("asks", asks).run({ to: nullDestination() }).then(() => null, String);
console.log(JSON.stringify({ read, error }));`,
  "page.js": `import { seam } from "./pipeline.js";
globalThis.result = seam(location.origin + "/api");`,
  "in-worker.js": `import { seam } from "./pipeline.js";
seam(location.origin + "/api").then(
  (result) => postMessage({ result }),
  (error) => postMessage({ error: String(error) }),
);`,
  "starter.js": `globalThis.result = new Promise((resolve, reject) => {
  const worker = new Worker("/bundled/in-worker.js", { type: "module" });
  worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.result));
  worker.onerror = (event) => reject(new Error(event.message));
});`,
  "worker.js": `import { seam } from "./pipeline.js";
export default { fetch: async (request, env) => Response.json(await seam(env.API)) };`,
};

/** A project that depends on the built package, as its users have it: `runlet` is found by the package's exports
 *  and the runtime's own conditions. The pipeline's file is copied byte for byte. */
export function makeApp(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "runlet-seam-"));
  const manifest = { private: true, type: "module", dependencies: { runlet: "*" } };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(repository, join(folder, "node_modules/runlet"), "dir");
  copyFileSync(join(repository, "test/seam/pipeline.ts"), join(folder, "pipeline.js"));
  for (const [name, text] of Object.entries(entries)) writeFileSync(join(folder, name), text);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Bundles one entry into `bundled/`. */
export async function bundle(folder: string, entry: string, options: BuildOptions = {}): Promise<void> {
  await build({
    absWorkingDir: folder,
    entryPoints: [entry],
    outdir: "bundled",
    bundle: true,
    minify: true,
    format: "esm",
    logLevel: "error",
    ...options,
  });
}
