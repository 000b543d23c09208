import type { Readable } from "node:stream";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { workerdBinary } from "../../runtimes/binaries.ts";
import { start, stop } from "../../runtimes/child.ts";
import { serveBucket } from "../../workers/bucket-server.ts";
import type { SuiteOutcome } from "../suite.ts";
import type { Ran, Run } from "./runtime.ts";

/** Bare workerd without compatibility flags: the bundle, core.wasm and parquet-wasm's as modules beside it; the bucket that
 *  Parquet files go to is a server of this process. */
export const workerd: Run = async ({ app, origin, database }): Promise<Ran> => {
  await app.bundle("worker.js", {
    conditions: ["workerd", "worker"],
    loader: { ".wasm": "copy" },
    assetNames: "[name]",
    external: ["cloudflare:*", "node:*"],
  });
  const bucket = await serveBucket();
  writeFileSync(join(app.folder, "workerd.capnp"), configuration(origin, bucket.port));
  const started = performance.now();
  const { child, said, ended } = start(workerdBinary(), ["serve", "--control-fd=3", "workerd.capnp"], {
    cwd: app.folder,
    control: true,
  });
  try {
    const failed = ended.then((code) => Promise.reject(new Error(`workerd ended with ${code}\n${said.err}`)));
    failed.catch(() => undefined);
    const port = await Promise.race([portOf(child.stdio[3] as Readable), failed]);
    const ask = async <T>(path: string): Promise<T> => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      if (!response.ok) throw new Error(`workerd answered ${response.status}\n${said.err}`);
      return (await response.json()) as T;
    };
    await ask("/first-batch");
    // The clock of a worker stands still; this one includes the answer.
    const startToBatch = performance.now() - started;
    const { vectors } = await ask<Pick<SuiteOutcome, "vectors">>("/vectors");
    const { cases } = await ask<Pick<SuiteOutcome, "cases">>("/cases");
    const where = new URLSearchParams({ database: await database() });
    const datasets = await ask<SuiteOutcome["datasets"]>(`/datasets?${where}`);
    return { vectors, cases, datasets, times: { startToBatch } };
  } finally {
    await stop(child, ended);
    await bucket.close();
  }
};

/** workerd says on its control channel, a JSON line each, where it listens. */
async function portOf(control: Readable): Promise<number> {
  let text = "";
  for await (const chunk of control) {
    text += chunk;
    const port = /"event":"listen".*?"port":(\d+)/.exec(text)?.[1];
    if (port) return Number(port);
  }
  throw new Error(`workerd does not listen: ${text}`);
}

function configuration(origin: string, bucket: number): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["private"])),
    (name = "bucket", external = (address = "127.0.0.1:${bucket}", http = ())),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "bundled/worker.js"),
    (name = "core.wasm", wasm = embed "bundled/core.wasm"),
    (name = "parquet_wasm_bg.wasm", wasm = embed "bundled/parquet_wasm_bg.wasm"),
  ],
  compatibilityDate = "2026-01-01",
  bindings = [(name = "API", text = "${origin}/api"), (name = "LAKE", r2Bucket = "bucket")],
);
`;
}
