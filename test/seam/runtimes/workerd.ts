import type { Readable } from "node:stream";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "../app.ts";
import { start, stop } from "../child.ts";
import { packageBinary } from "../package-binary.ts";

/** Under bare workerd without compatibility flags: the bundle, and core.wasm as a module beside it. */
export async function underWorkerd(app: string, origin: string): Promise<unknown> {
  await bundle(app, "worker.js", {
    conditions: ["workerd", "worker"],
    loader: { ".wasm": "copy" },
    assetNames: "[name]",
  });
  writeFileSync(join(app, "workerd.capnp"), configuration(origin));
  const program = packageBinary("workerd", process.platform === "win32" ? "bin/workerd.exe" : "bin/workerd");
  const { child, said, ended } = start(program, ["serve", "--control-fd=3", "workerd.capnp"], {
    cwd: app,
    control: true,
  });
  try {
    const failed = ended.then((code) => Promise.reject(new Error(`workerd ended with ${code}\n${said.err}`)));
    const port = await Promise.race([portOf(child.stdio[3] as Readable), failed]);
    failed.catch(() => undefined);
    const response = await fetch(`http://127.0.0.1:${port}/`);
    if (!response.ok) throw new Error(`workerd answered ${response.status}\n${said.err}`);
    return await response.json();
  } finally {
    await stop(child, ended);
  }
}

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

function configuration(origin: string): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker), (name = "internet", network = (allow = ["private"]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "bundled/worker.js"),
    (name = "core.wasm", wasm = embed "bundled/core.wasm"),
  ],
  compatibilityDate = "2026-01-01",
  bindings = [(name = "API", text = "${origin}/api")],
);
`;
}
