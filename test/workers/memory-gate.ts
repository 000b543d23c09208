import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Bare, startWorkerd } from "./bare-workerd.ts";
import { serveBucket } from "./bucket-server.ts";
import { bundleWorker, repository } from "./bundled.ts";

/** What an isolate of Cloudflare Workers may take: half of the 128 MB for V8's heap, half for WebAssembly. */
const V8_FLAGS = ["--max-heap-size=64", "--wasm-max-mem-pages=1024"];

/** Memory of workerd's process, in MB. */
export interface Measured {
  /** The most that was resident before anything was loaded: workerd itself, the Worker instantiated, one request. */
  baseline: number;
  /** The most that was resident at any time. */
  highWater: number;
  /** What the load added. */
  added: number;
  megabytes: number;
  seconds: number;
  rows: Record<string, number>;
}

export type Target = "null" | "parquet" | "packages" | "postgres";

const TARGETS: Record<Target, { imports: string; to: string; flags: string[] }> = {
  null: { imports: `import { nullDestination } from "runlet";`, to: "nullDestination()", flags: [] },
  parquet: {
    imports: `import { parquet, r2 } from "runlet/parquet";`,
    to: `parquet(r2("LAKE"))`,
    flags: [],
  },
  // The same, with a load package in the bucket while the run goes on.
  packages: {
    imports: `import { parquet, r2 } from "runlet/parquet";`,
    to: `parquet(r2("LAKE", "lake")), storage: r2("LAKE", "packages")`,
    flags: [],
  },
  postgres: {
    imports: `import { postgres } from "runlet/postgres";`,
    to: `postgres(secret("DATABASE_URL"))`,
    flags: ["nodejs_compat"],
  },
};

const entry = ({ imports, to }: { imports: string; to: string }) => `
import { http, pipeline, resource, secret, source } from "runlet";
import { worker } from "runlet/workers";
${imports}
const events = resource("events", {}, ({ http }) => http.get("/events.ndjson"));
// The address comes with the Worker's bindings.
const at = (env) => pipeline("gate", source("gate", { http: http(env.SOURCE) }, [events]));
const handlers = (env) => worker(at(env), { to: ${to}, authorize: () => true, run: { log: () => {} } });
export default { fetch: (request, env, context) => handlers(env).fetch(request, env, context) };
`;

/** Streams so many bytes of GitHub events, one record a line, over HTTP through a Worker into the target, and measures what
 *  workerd's process takes. */
export async function measure(target: Target, bytes: number, databaseUrl = ""): Promise<Measured> {
  const bundle = await bundleWorker(entry(TARGETS[target]));
  const source = await serveEvents(bytes);
  const bucket = await serveBucket();
  let running: Bare | undefined;
  try {
    running = await startWorkerd(bundle, {
      bindings: { SOURCE: source.url, DATABASE_URL: databaseUrl },
      buckets: { LAKE: bucket.port },
      compatibilityFlags: TARGETS[target].flags,
      v8Flags: V8_FLAGS,
    });
    await fetch(new URL("/health", running.url));
    const baseline = running.memory().highWater;
    const started = performance.now();
    const answer = await fetch(new URL("/run", running.url), { method: "POST" });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${target}: ${answer.status} ${text}\n${running.said()}`);
    const info = JSON.parse(text) as { bytes: number; tables: Record<string, { rows: number }> };
    const { highWater } = running.memory();
    return {
      baseline,
      highWater,
      added: highWater - baseline,
      megabytes: info.bytes / 1e6,
      seconds: (performance.now() - started) / 1000,
      rows: Object.fromEntries(Object.entries(info.tables).map(([table, { rows }]) => [table, rows])),
    };
  } finally {
    await running?.stop();
    await bucket.close();
    source.close();
    bundle.remove();
  }
}

/** Real events, over and over, as one answer that is made while it is read. */
async function serveEvents(bytes: number): Promise<{ url: string; close(): void }> {
  const file = join(repository, "examples/data/github-events.json.gz");
  const events = JSON.parse(gunzipSync(readFileSync(file)).toString()) as object[];
  const page = Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    let left = bytes;
    const more = (): void => {
      while (left > 0) {
        left -= page.length;
        if (!response.write(page)) return void response.once("drain", more);
      }
      response.end();
    };
    more();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
