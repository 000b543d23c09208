// runlet/parquet on Cloudflare Workers: the WebAssembly of parquet-wasm comes as a module of the bundle, since nothing may
// be compiled at run time.
import module from "parquet-wasm/esm/parquet_wasm_bg.wasm";
import { provideParquetModule } from "../core/destinations/parquet/library.ts";

provideParquetModule(module);

export * from "../core/destinations/parquet/index.ts";
