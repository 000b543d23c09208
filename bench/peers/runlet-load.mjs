// A load with runlet as a user writes it: files() into a destination.
import { join } from "node:path";
import { megabytes, newPlace } from "./place.mjs";

/** The work of a peer: loads the input into the destination `to(folder)` makes. `packages` is the pipeline's. */
export async function runletLoad({ path, format }, to, packages) {
  const { files, pipeline } = await import("../../dist/node/index.js");
  const folder = newPlace();
  const { destination, file } = await to(folder);
  return async () => {
    const from = files("t", { from: path, format, write: "replace" });
    const info = await pipeline("bench", from).run({ to: destination, ...(packages ? { packages } : {}) });
    const rows = Object.fromEntries(Object.entries(info.tables).map(([name, { rows }]) => [name, rows]));
    return { records: rows.t, rows, ...(file ? { file: megabytes(file) } : {}) };
  };
}

/** A DuckDB file, written by one of the drivers. */
export const duckdbFile = (driver) => async (folder) => {
  const { duckdb } = await import("../../dist/node/duckdb.js");
  const file = join(folder, "bench.duckdb");
  return { destination: duckdb(file, { driver }), file };
};
