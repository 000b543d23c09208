import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { type Bundle, bundleWorker, repository } from "./bundled.ts";

const KB = 1024;
const SOURCE = `const p = pipeline("p", source("api", { http: http("https://api.example") }, [
  resource("items", { primaryKey: "id" }, ({ http }) => http.pages("/items")),
]));`;

/** Bytes of all modules, as they are and compressed one by one, as Cloudflare counts an upload. */
function sizeOf(bundle: Bundle, but: RegExp = /^$/) {
  const counted = bundle.modules.filter(({ name }) => !but.test(name));
  const gzip = counted.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
  return { bytes: counted.reduce((sum, { contents }) => sum + contents.length, 0), gzip };
}

async function bundled(imports: string, to: string): Promise<Bundle> {
  const bundle = await bundleWorker(`
    import { http, pipeline, resource, secret, source } from "runlet";
    import { worker } from "runlet/workers";
    ${imports}
    ${SOURCE}
    export default worker(p, { to: ${to} });`);
  bundle.remove();
  return bundle;
}

const kb = (bytes: number) => `${(bytes / KB).toFixed(1)} KB`;

test("a Worker that loads into Postgres, driver and engine included: 250 KB compressed at most", async () => {
  const bundle = await bundled(
    `import { postgres } from "runlet/postgres";`,
    `postgres(secret("DATABASE_URL"))`,
  );
  const { bytes, gzip } = sizeOf(bundle);
  console.log(`Worker with Postgres: ${kb(bytes)}, gzip ${kb(gzip)}`);
  expect(bundle.modules.map(({ name }) => name)).toEqual(["worker.js", "core.wasm"]);
  expect(gzip).toBeLessThanOrEqual(250 * KB);
});

test("a Worker that loads Parquet: the JavaScript and the engine stay small beside the library's 5 MB", async () => {
  const bundle = await bundled(`import { parquet, r2 } from "runlet/parquet";`, `parquet(r2("LAKE"))`);
  const whole = sizeOf(bundle);
  const own = sizeOf(bundle, /^parquet_wasm/);
  console.log(`Worker with Parquet: gzip ${kb(whole.gzip)}, without parquet_wasm_bg.wasm ${kb(own.gzip)}`);
  expect(bundle.modules.map(({ name }) => name)).toEqual(["worker.js", "core.wasm", "parquet_wasm_bg.wasm"]);
  expect(own.gzip).toBeLessThanOrEqual(250 * KB);
  // The limit of Cloudflare's free plan.
  expect(whole.gzip).toBeLessThanOrEqual(3 * KB * KB);
});

test("the core needs no module of Node", async () => {
  const bundle = await bundled(`import { nullDestination } from "runlet";`, "nullDestination()");
  const { bytes, gzip } = sizeOf(bundle);
  console.log(`Worker without a destination: ${kb(bytes)}, gzip ${kb(gzip)}`);
  const [code] = bundle.modules;
  expect(code!.contents.toString()).not.toMatch(/(from|import)\s*\(?\s*["']node:/);
});

test("for the edge runtime of Vercel and Next.js, the engine is asked for by a suffix, and nothing of Cloudflare's is", async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { nullDestination, pipeline, resource } from "runlet";
        export default pipeline("p", resource("items", {}, [{ a: 1 }])).run({ to: nullDestination() });`,
      resolveDir: repository,
    },
    bundle: true,
    write: false,
    format: "esm",
    conditions: ["edge-light"],
    external: ["*.wasm?module"],
    logLevel: "error",
  });
  const code = outputFiles[0]!.text;
  expect(code.match(/^import .*$/gm)).toEqual([expect.stringMatching(/core\.wasm\?module";$/)]);
  expect(code).not.toContain("cloudflare:");
});
