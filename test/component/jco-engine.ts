import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { transpileBytes } from "@bytecodealliance/jco-transpile";
import type { Engine, EngineConfig, EngineSchema, InputSummary } from "../../core/binding/contract.ts";
import { errorOf, type WitError } from "./wit-error.ts";

/** `resource normalizer`, as jco types it. */
interface Normalizer {
  input(table: string, ordinal: number, options: Uint8Array): number;
  push(input: number, chunk: Uint8Array): number;
  end(input: number): Uint8Array;
  abort(input: number): void;
  take(): { table: string; schemaVersion: number; rows: number; message: Uint8Array } | undefined;
  flush(): void;
  tableSchema(table: string, version: number): Uint8Array;
  schema(): Uint8Array;
}

interface Component {
  normalizer: { Normalizer: { open(config: Uint8Array): Normalizer } };
}

type Instantiate = (module: (path: string) => WebAssembly.Module, imports: object) => Component;

const SCRATCH = fileURLToPath(new URL("../../build/component", import.meta.url));
const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const read = <T>(bytes: Uint8Array): T => JSON.parse(new TextDecoder().decode(bytes)) as T;

export interface JcoEngines {
  open(config: EngineConfig): Engine;
  /** The TypeScript declarations of the interface. */
  declarations: string;
}

/** Transpiles the published component with jco and gives engines of it. */
export async function jcoEngines(component: Uint8Array): Promise<JcoEngines> {
  const { files, imports } = await transpileBytes(component, {
    name: "engine",
    instantiation: "sync",
    emitTypescriptDeclarations: true,
  });
  if (imports.length > 0) throw new Error(`the component imports ${imports.join(", ")}`);
  mkdirSync(SCRATCH, { recursive: true });
  const folder = mkdtempSync(join(SCRATCH, "jco-"));
  const script = join(folder, "engine.mjs");
  writeFileSync(script, files["engine.js"]!);
  const { instantiate } = (await import(pathToFileURL(script).href)) as { instantiate: Instantiate };
  rmSync(folder, { recursive: true });
  const modules = new Map<string, WebAssembly.Module>();
  const moduleAt = (path: string): WebAssembly.Module => {
    const module = modules.get(path) ?? new WebAssembly.Module(new Uint8Array(files[path]!));
    modules.set(path, module);
    return module;
  };
  return {
    open: (config) => engineOf(() => instantiate(moduleAt, {}).normalizer.Normalizer.open(json(config))),
    declarations: new TextDecoder().decode(files["interfaces/runlet-engine-normalizer.d.ts"]),
  };
}

function engineOf(open: () => Normalizer): Engine {
  const normalizer = checked(open);
  const take = (drain = false) => {
    const batch = normalizer.take();
    if (batch || !drain) return batch;
    normalizer.flush();
    return normalizer.take();
  };
  return {
    input: (table, ordinal, options = {}) => checked(() => normalizer.input(table, ordinal, json(options))),
    push: (input, chunk) => checked(() => normalizer.push(input, chunk)),
    pushText: (input, text) => checked(() => normalizer.push(input, new TextEncoder().encode(text))),
    end: (input) => read<InputSummary>(checked(() => normalizer.end(input))),
    abort: (input) => normalizer.abort(input),
    take,
    takeInto(sink, drain) {
      const batch = take(drain);
      if (batch) sink(batch);
      return batch !== undefined;
    },
    tableSchema: (table, version) => normalizer.tableSchema(table, version),
    schema: () => read<EngineSchema>(normalizer.schema()),
    close: () => (normalizer as Normalizer & Disposable)[Symbol.dispose]?.(),
  };
}

/** jco throws the error of a result as it is. */
function checked<T>(call: () => T): T {
  try {
    return call();
  } catch (thrown) {
    throw typeof (thrown as WitError).recordNumber === "bigint" ? errorOf(thrown as WitError) : thrown;
  }
}
