import type { Readable } from "node:stream";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { workerdBinary } from "../../runtimes/binaries.ts";
import { start, stop } from "../../runtimes/child.ts";
import { serveBucket } from "../../workers/bucket-server.ts";
import type { App } from "../app.ts";
import type { SuiteOutcome } from "../suite.ts";
import type { Ran, Run } from "./runtime.ts";
import { workerdPort } from "../../runtimes/workerd-port.ts";

/** Bare workerd: the bundles, and core.wasm and parquet-wasm's as modules beside them. No compatibility flag but the one
 *  that the driver of Postgres needs, in a Worker of its own. The bucket is a server of this process. */
export const workerd: Run = async ({ app, origin, database }): Promise<Ran> => {
  const bucket = await serveBucket();
  const api = `${origin}/api`;
  try {
    const wasm = ["core.wasm", "parquet_wasm_bg.wasm"];
    const own = await inWorkerd(app, "worker", { wasm, texts: { API: api }, bucket: bucket.port }, suite);
    const texts = { API: api, DATABASE: await database() };
    const flags = ["nodejs_compat"];
    const postgres = await inWorkerd(app, "postgres-worker", { wasm: ["core.wasm"], texts, flags }, (ask) =>
      ask<SuiteOutcome["datasets"][string]>("/"),
    );
    return { ...own, datasets: { ...own.datasets, postgres } };
  } finally {
    await bucket.close();
  }
};

type Ask = <T>(path: string) => Promise<T>;

async function suite(ask: Ask, started: number): Promise<Ran> {
  await ask("/first-batch");
  // The clock of a worker stands still; this one includes the answer.
  const times = { startToBatch: performance.now() - started };
  return {
    vectors: await ask("/vectors"),
    cases: await ask("/cases"),
    datasets: { parquet: await ask("/parquet") },
    times,
  };
}

interface Configuration {
  wasm: readonly string[];
  texts: Record<string, string>;
  /** Port of the server of the bucket `LAKE`. */
  bucket?: number;
  flags?: readonly string[];
}

/** Bundles an entry, runs it, and asks it. */
async function inWorkerd<T>(
  app: App,
  entry: string,
  configuration: Configuration,
  work: (ask: Ask, started: number) => Promise<T>,
): Promise<T> {
  await app.bundle(`${entry}.js`, {
    conditions: ["workerd", "worker"],
    external: ["cloudflare:*", "node:*"],
    loader: { ".wasm": "copy" },
    assetNames: "[name]",
  });
  writeFileSync(join(app.folder, `${entry}.capnp`), textOf(entry, configuration));
  const started = performance.now();
  const { child, said, ended } = start(workerdBinary(), ["serve", "--control-fd=3", `${entry}.capnp`], {
    cwd: app.folder,
    control: true,
  });
  try {
    const failed = ended.then((code) => Promise.reject(new Error(`workerd ended with ${code}\n${said.err}`)));
    failed.catch(() => undefined);
    const port = (await Promise.race([workerdPort(child.stdio[3] as Readable), failed])) ?? (await failed);
    const ask: Ask = async <U>(path: string) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      if (!response.ok) throw new Error(`workerd answered ${response.status}\n${said.err}`);
      return (await response.json()) as U;
    };
    return await work(ask, started);
  } finally {
    await stop(child, ended);
  }
}

function textOf(entry: string, { wasm, texts, bucket, flags = [] }: Configuration): string {
  const modules = [
    `(name = "worker.js", esModule = embed "bundled/${entry}.js")`,
    ...wasm.map((name) => `(name = "${name}", wasm = embed "bundled/${name}")`),
  ];
  const services = [
    `(name = "main", worker = .worker)`,
    `(name = "internet", network = (allow = ["private"]))`,
    ...(bucket ? [`(name = "bucket", external = (address = "127.0.0.1:${bucket}", http = ()))`] : []),
  ];
  const bindings = [
    ...Object.entries(texts).map(([name, text]) => `(name = "${name}", text = ${JSON.stringify(text)})`),
    ...(bucket ? [`(name = "LAKE", r2Bucket = "bucket")`] : []),
  ];
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [${services.join(", ")}],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [${modules.join(", ")}],
  compatibilityDate = "2026-01-01",
  compatibilityFlags = [${flags.map((flag) => `"${flag}"`).join(", ")}],
  bindings = [${bindings.join(", ")}],
);
`;
}
