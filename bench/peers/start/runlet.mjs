import { fileURLToPath } from "node:url";
import { newPlace } from "../place.mjs";
import { processTimes } from "../program.mjs";

export const title = "runlet load of 1 KB into a DuckDB file";

const COMMAND = fileURLToPath(new URL("../../../dist/node/cli.js", import.meta.url));

export function open({ path }) {
  const folder = newPlace();
  let runs = 0;
  return () =>
    processTimes(process.execPath, [COMMAND, "load", path, "--to", `duckdb:${++runs}.duckdb`], folder);
}
