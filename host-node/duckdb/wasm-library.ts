import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { compileFunction } from "node:vm";
import { RunletError } from "../../core/errors.ts";
import type { FileRuntime, WasmModule } from "./file-runtime.ts";
import { packagePlaces } from "./package-places.ts";

/** The version whose file handling runlet was tested with; others lose data on files. */
export const DUCKDB_WASM_VERSION = "1.33.1-dev65.0";

/** The part of duckdb-wasm's blocking build that runlet uses. */
export interface WasmBindings {
  readonly mod: WasmModule;
  instantiate(): Promise<unknown>;
  open(config: object): void;
  connect(): { readonly _conn: number };
  disconnect(connection: number): void;
  /** Forgets every file it knows. */
  dropFiles(): void;
  runQuery(connection: number, sql: string): Uint8Array;
  insertArrowFromIPCStream(connection: number, stream: Uint8Array, options: object): void;
  instantiateWasm(
    imports: WebAssembly.Imports,
    success: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): unknown;
}

interface Library {
  createDuckDB(bundles: object, logger: object, runtime: FileRuntime): Promise<WasmBindings>;
  VoidLogger: new () => object;
}

/** The engine asks for extensions through a synchronous XMLHttpRequest; without one it waits for ever, so it gets
 *  one that finds nothing. */
class NothingFound {
  readonly readyState = 4;
  readonly status = 404;
  readonly statusText = "Not Found";
  readonly response = new ArrayBuffer(0);
  readonly responseText = "";
  open(): void {}
  send(): void {}
  setRequestHeader(): void {}
  overrideMimeType(): void {}
  getResponseHeader(): null {
    return null;
  }
}

/** Creates engines that share one compiled module. */
export interface EngineFactory {
  create(runtime: FileRuntime): Promise<WasmBindings>;
}

let loading: Promise<EngineFactory> | undefined;

/** Loads duckdb-wasm when it is first needed. Throws DRIVER_MISSING. */
export function loadLibrary(): Promise<EngineFactory> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

function locate(): string {
  let cause: unknown;
  for (const place of packagePlaces()) {
    try {
      return createRequire(place).resolve("@duckdb/duckdb-wasm/blocking");
    } catch (error) {
      cause = error;
    }
  }
  throw new RunletError("DRIVER_MISSING", "@duckdb/duckdb-wasm is not installed", {
    hint: `npm install @duckdb/duckdb-wasm@${DUCKDB_WASM_VERSION}`,
    cause,
  });
}

/** Takes away the global variables that come up while `run` runs: tslib, which the build's Arrow needs, defines each of
 *  its helpers as one. */
function withoutNewGlobals(run: () => void): void {
  const before = new Set(Object.getOwnPropertyNames(globalThis));
  run();
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (!before.has(name)) delete (globalThis as Record<string, unknown>)[name];
  }
}

async function load(): Promise<EngineFactory> {
  const file = locate();
  const folder = dirname(file);
  const require = createRequire(file);
  const { version } = JSON.parse(await readFile(join(folder, "..", "package.json"), "utf8")) as {
    version: string;
  };
  if (version !== DUCKDB_WASM_VERSION) {
    throw new RunletError(
      "DRIVER_MISSING",
      `@duckdb/duckdb-wasm is ${version}; runlet writes files safely with ${DUCKDB_WASM_VERSION} only`,
      { hint: `npm install @duckdb/duckdb-wasm@${DUCKDB_WASM_VERSION}` },
    );
  }
  const [source, wasm] = await Promise.all([
    readFile(file, "utf8"),
    readFile(join(folder, "duckdb-eh.wasm")),
  ]);
  const compiled = await WebAssembly.compile(wasm as Uint8Array<ArrayBuffer>);

  // The build keeps its runtime in globalThis and looks for XMLHttpRequest there. Evaluated as a function with both
  // as parameters it sees its own, and the process's globals stay as they are.
  const globals: Record<string, unknown> = Object.create(globalThis) as Record<string, unknown>;
  const module = { exports: {} as Library };
  const evaluate = compileFunction(
    source,
    ["exports", "require", "module", "__filename", "__dirname", "globalThis", "XMLHttpRequest"],
    { filename: file },
  ) as (...parameters: unknown[]) => void;
  withoutNewGlobals(() => evaluate(module.exports, require, module, file, folder, globals, NothingFound));
  const library = module.exports;

  return {
    async create(runtime) {
      globals.DUCKDB_RUNTIME = runtime;
      const bundle = { mainModule: join(folder, "duckdb-eh.wasm") };
      const bindings = await library.createDuckDB(
        { mvp: bundle, eh: bundle },
        new library.VoidLogger(),
        runtime,
      );
      bindings.instantiateWasm = (imports, success) => {
        void WebAssembly.instantiate(compiled, imports).then((instance) => success(instance, compiled));
        return [];
      };
      await bindings.instantiate();
      return bindings;
    },
  };
}
