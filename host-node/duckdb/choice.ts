import type { DuckDBDriverName } from "../../core/destinations/duckdb/driver.ts";
import { RunletError } from "../../core/errors.ts";
import { environment } from "../environment.ts";
import type { DatabaseEngine } from "../../core/destinations/duckdb/open-databases.ts";
import type { EngineOptions } from "./engine.ts";
import { openNative } from "./native-engine.ts";
import { loadNative, type NativeBindings } from "./native-library.ts";
import { openWasm } from "./wasm-engine.ts";
import { DUCKDB_WASM_VERSION, loadLibrary } from "./wasm-library.ts";

const INSTALL = `npm install @duckdb/node-api (native, faster) or npm install @duckdb/duckdb-wasm@${DUCKDB_WASM_VERSION} (WebAssembly)`;

function isMissing(error: unknown): boolean {
  return error instanceof RunletError && error.code === "DRIVER_MISSING";
}

function fromEnvironment(): DuckDBDriverName | undefined {
  const name = environment("RUNLET_DUCKDB");
  if (name === undefined) return undefined;
  if (name === "wasm" || name === "native") return name;
  throw new RunletError("CONFIG_INVALID", `RUNLET_DUCKDB is "${name}"`, { hint: "wasm or native" });
}

/** What opens databases: the named driver, else the one that RUNLET_DUCKDB names, else native DuckDB when its package
 *  is there and works on this machine, else duckdb-wasm. Throws DRIVER_MISSING. */
export async function chooseEngine(
  name: DuckDBDriverName | undefined,
): Promise<(options: EngineOptions) => Promise<DatabaseEngine>> {
  const chosen = name ?? fromEnvironment();
  const native = (bindings: NativeBindings) => (options: EngineOptions) => openNative(bindings, options);
  if (chosen === "native") return native(loadNative());
  if (chosen === undefined) {
    try {
      return native(loadNative());
    } catch (error) {
      if (!isMissing(error)) throw error;
      return wasm(error);
    }
  }
  return wasm();
}

/** `before` is why native DuckDB could not be used when that was tried first. */
async function wasm(before?: unknown): Promise<(options: EngineOptions) => Promise<DatabaseEngine>> {
  try {
    await loadLibrary();
  } catch (error) {
    if (before === undefined || !isMissing(error)) throw error;
    const reasons = [before, error].map((reason) => (reason as RunletError).message).join("; ");
    throw new RunletError("DRIVER_MISSING", `no DuckDB driver can be used: ${reasons}`, {
      hint: INSTALL,
      cause: error,
    });
  }
  return openWasm;
}
