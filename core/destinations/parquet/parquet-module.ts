// Apart from the library's own types, which nobody who does not load to Parquet has installed.

/** The file `parquet_wasm_bg.wasm` of parquet-wasm: compiled, as bytes, or where it is. */
export type ParquetModule = WebAssembly.Module | BufferSource | Response | URL | string;
