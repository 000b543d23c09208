import { readFileSync, writeFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { join } from "node:path";
import { workerdBinary } from "../runtimes/binaries.ts";
import { start, stop } from "../runtimes/child.ts";
import type { Bundle } from "./bundled.ts";
import { workerdPort } from "../runtimes/workerd-port.ts";

export interface BareOptions {
  bindings?: Record<string, string>;
  /** Port of a bucket's server, by the name of its binding. */
  buckets?: Record<string, number>;
  compatibilityFlags?: string[];
  v8Flags?: string[];
  /** Certificate, in PEM, of whom the Worker's connections trust. */
  trusted?: string;
}

export interface Bare {
  readonly url: string;
  /** Memory of the process, in MB: the most that was resident at any time, and what is anonymous now. */
  memory(): { highWater: number; resident: number; anonymous: number };
  said(): string;
  stop(): Promise<void>;
}

/** A Worker under workerd alone. */
export async function startWorkerd(bundle: Bundle, options: BareOptions): Promise<Bare> {
  writeFileSync(join(bundle.folder, "workerd.capnp"), configuration(bundle, options));
  const { child, said, ended } = start(workerdBinary(), ["serve", "--control-fd=3", "workerd.capnp"], {
    cwd: bundle.folder,
    control: true,
  });
  const failed = ended.then((code) => Promise.reject(new Error(`workerd ended with ${code}\n${said.err}`)));
  failed.catch(() => undefined);
  const port = (await Promise.race([workerdPort(child.stdio[3] as Readable), failed])) ?? (await failed);
  return {
    url: `http://127.0.0.1:${port}/`,
    memory() {
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      const read = (name: string) =>
        Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)![1]) / 1024;
      return { highWater: read("VmHWM"), resident: read("VmRSS"), anonymous: read("RssAnon") };
    },
    said: () => said.out + said.err,
    stop: () => stop(child, ended),
  };
}

function configuration(bundle: Bundle, options: BareOptions): string {
  const { bindings = {}, buckets = {}, compatibilityFlags = [], v8Flags = [], trusted } = options;
  const listed = (texts: readonly string[]) => `[${texts.join(", ")}]`;
  const quoted = (text: string) => JSON.stringify(text);
  const trust = trusted === undefined ? "" : `, tlsOptions = (trustedCertificates = [${quoted(trusted)}])`;
  const services = [
    '(name = "main", worker = .worker)',
    `(name = "internet", network = (allow = ["private"]${trust}))`,
    ...Object.entries(buckets).map(
      ([name, port]) => `(name = "bucket-${name}", external = (address = "127.0.0.1:${port}", http = ()))`,
    ),
  ];
  const bound = [
    ...Object.entries(bindings).map(([name, text]) => `(name = ${quoted(name)}, text = ${quoted(text)})`),
    ...Object.keys(buckets).map((name) => `(name = ${quoted(name)}, r2Bucket = "bucket-${name}")`),
  ];
  const modules = bundle.modules.map(
    ({ name, type }) =>
      `(name = ${quoted(name)}, ${type === "ESModule" ? "esModule" : "wasm"} = embed ${quoted(`out/${name}`)})`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  v8Flags = ${listed(v8Flags.map(quoted))},
  services = ${listed(services)},
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = ${listed(modules)},
  compatibilityDate = "2026-07-01",
  compatibilityFlags = ${listed(compatibilityFlags.map(quoted))},
  bindings = ${listed(bound)},
);
`;
}
