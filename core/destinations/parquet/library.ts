import { RunletError } from "../../errors.ts";
import { host } from "../../host.ts";
import type { ParquetModule } from "./parquet-module.ts";

/** The package parquet-wasm, in the form that browsers and workers get; Node's has neither `default` nor `initSync`. */
export type ParquetLibrary = Pick<
  typeof import("parquet-wasm/esm"),
  | "Compression"
  | "RecordBatch"
  | "Table"
  | "WriterPropertiesBuilder"
  | "readParquet"
  | "transformParquetStream"
  | "writeParquet"
> &
  Partial<Pick<typeof import("parquet-wasm/esm"), "default" | "initSync">>;

let provided: ParquetModule | undefined;
let loaded: Promise<ParquetLibrary> | undefined;

/** The module that is used where none is given; a runtime's entry point calls it. */
export function provideParquetModule(module: ParquetModule): void {
  provided = module;
}

/** The library, loaded and instantiated once per process.
 *  @throws RunletError DRIVER_MISSING, CONFIG_INVALID */
export function parquetLibrary(module: ParquetModule | undefined): Promise<ParquetLibrary> {
  return (loaded ??= load(module ?? provided).catch((error: unknown) => {
    loaded = undefined;
    throw error;
  }));
}

async function load(module: ParquetModule | undefined): Promise<ParquetLibrary> {
  let library: ParquetLibrary;
  try {
    // Node gets a build of its own, whose functions are the same.
    library = (await import("parquet-wasm")) as unknown as ParquetLibrary;
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    const missing = /cannot find|could not (find|resolve)|failed to resolve|not installed|specifier/i.test(
      said,
    );
    throw new RunletError(
      "DRIVER_MISSING",
      `Parquet needs the package parquet-wasm, which ${missing ? "is not installed" : `cannot be loaded: ${said}`}`,
      { hint: missing ? "npm install parquet-wasm" : "let the program read the package's folder", cause },
    );
  }
  if (!library.initSync || !library.default) return library;
  try {
    if (module instanceof WebAssembly.Module) library.initSync({ module });
    else await library.default(module === undefined ? undefined : { module_or_path: module });
  } catch (cause) {
    const missing = module === undefined;
    throw new RunletError(
      missing ? "CONFIG_INVALID" : "DRIVER_MISSING",
      `the WebAssembly of parquet-wasm cannot be loaded on ${host().name}: ${(cause as Error).message}`,
      {
        hint: missing
          ? 'give it: import module from "parquet-wasm/esm/parquet_wasm_bg.wasm"; parquet(folder, { module })'
          : "give the file parquet_wasm_bg.wasm of the installed parquet-wasm",
        cause,
      },
    );
  }
  return library;
}
