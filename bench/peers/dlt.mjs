// dlt, the Python library whose dataset layout runlet has.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { megabytes, newPlace } from "./place.mjs";
import { runProgram } from "./program.mjs";
import { inVenv, missingVenv } from "./venv.mjs";

const SCRIPT = fileURLToPath(new URL("programs/dlt_load.py", import.meta.url));

export const missingDlt = () => missingVenv("dlt", "dlt[duckdb,parquet,filesystem]", "orjson");

/** The work of a peer: dlt's load of the input, `form` being how it is read, into a target in a new folder. */
export function dltLoad({ path }, form, target) {
  const folder = newPlace();
  const at = join(folder, target);
  return async () => {
    const result = await runProgram(inVenv("dlt", "python"), [SCRIPT, path, form, at, join(folder, "work")], {
      cwd: folder,
    });
    return { ...result, ...(existsSync(at) ? { file: megabytes(at) } : {}) };
  };
}
