// `runlet/duckdb` in browsers: who imports it has duckdb-wasm's files bundled.
import { duckdb as portable } from "../../core/destinations/duckdb/index.ts";
import { bundledFiles } from "./bundled.ts";
import { setBundledFiles } from "./files.ts";

export * from "../../core/destinations/duckdb/index.ts";

/** {@inheritDoc portable} */
export const duckdb: typeof portable = (...given) => {
  setBundledFiles(bundledFiles());
  return portable(...given);
};
