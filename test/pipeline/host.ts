import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { installHost, type Host } from "../../core/index.ts";

let compiled: WebAssembly.Module | undefined;

const open = (path: string) => Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;

/** A plain host for tests of the pipeline: the built engine, an environment of its own, files. */
export function installTestHost(env: Record<string, string> = {}): Host {
  const host: Host = {
    name: "test",
    async engineModule() {
      return (compiled ??= new WebAssembly.Module(
        readFileSync(process.env.RUNLET_CORE_WASM ?? "dist/core.wasm"),
      ));
    },
    env: (name) => env[name],
    envPlaces: ["environment", ".env", "runlet.toml"],
    async files(pattern) {
      const name = new RegExp(`^${basename(pattern).replaceAll(".", "\\.").replaceAll("*", ".*")}$`);
      const folder = dirname(pattern);
      const names = existsSync(folder) ? readdirSync(folder).filter((each) => name.test(each)) : [];
      return names.sort().map((each) => {
        const path = join(folder, each);
        return { path, size: statSync(path).size, open: () => open(path) };
      });
    },
    readFile: async (path) => (existsSync(path) ? open(path) : undefined),
    async writeFile(path, bytes) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
    },
    now: () => performance.timeOrigin + performance.now(),
    random: (into) => crypto.getRandomValues(into as Uint8Array<ArrayBuffer>),
  };
  installHost(host);
  return host;
}
