import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export const repository = fileURLToPath(new URL("../..", import.meta.url));

/** A Worker as it is deployed. */
export interface Bundle {
  /** Of the project; `out/` in it holds the modules. */
  readonly folder: string;
  readonly modules: readonly { name: string; type: "ESModule" | "CompiledWasm"; contents: Buffer }[];
  remove(): void;
}

/** Bundles a Worker as wrangler does: one module of JavaScript, by the conditions of workerd, parts of the runtime left out,
 *  WebAssembly beside it. The project depends on the built package, as its users' do. `entry`: the text of its first file,
 *  or the paths of files of the repository, which are copied byte for byte, of which the first is the entry. */
export async function bundleWorker(entry: string | readonly [string, ...string[]]): Promise<Bundle> {
  const folder = mkdtempSync(join(tmpdir(), "runlet-worker-"));
  const manifest = { private: true, type: "module", dependencies: { runlet: "*" } };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(repository, join(folder, "node_modules/runlet"), "dir");
  if (typeof entry === "string") writeFileSync(join(folder, "worker.ts"), entry);
  for (const path of typeof entry === "string" ? [] : entry) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    copyFileSync(join(repository, path), join(folder, path));
  }
  const { metafile } = await build({
    absWorkingDir: folder,
    entryPoints: { worker: typeof entry === "string" ? "worker.ts" : entry[0] },
    outdir: "out",
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    loader: { ".wasm": "copy" },
    assetNames: "[name]",
    metafile: true,
    logLevel: "error",
  });
  const names = Object.keys(metafile.outputs).sort(
    (a, b) => Number(b === "out/worker.js") - Number(a === "out/worker.js"),
  );
  return {
    folder,
    modules: names.map((path) => ({
      name: path.slice("out/".length),
      type: path.endsWith(".wasm") ? "CompiledWasm" : "ESModule",
      contents: readFileSync(join(folder, path)),
    })),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
