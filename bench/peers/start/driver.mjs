import { fileURLToPath } from "node:url";
import { newPlace } from "../place.mjs";
import { processTimes } from "../program.mjs";

export const title = "the driver alone: DuckDB reads the same KB into a table of a file";

const PROGRAM = fileURLToPath(new URL("../programs/driver-start.mjs", import.meta.url));

export function open({ path }) {
  const folder = newPlace();
  let runs = 0;
  return () => processTimes(process.execPath, [PROGRAM, path, `${++runs}.duckdb`], folder);
}
