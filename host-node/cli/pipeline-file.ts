import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { createJiti } from "jiti";
import { RunletError } from "../../core/errors.ts";
import * as duckdb from "../../core/destinations/duckdb/index.ts";
import * as parquet from "../../core/destinations/parquet/index.ts";
import * as postgres from "../../core/destinations/postgres/index.ts";
import type { Pipeline } from "../index.ts";
import * as runlet from "../index.ts";

/** Loads the pipeline that a file exports. `import … from "runlet"` in it means this very installation, whether or not
 *  the file's folder has one. @throws RunletError USAGE, PIPELINE_INVALID */
export async function loadPipeline(file: string): Promise<Pipeline> {
  const path = resolve(file);
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) {
    throw new RunletError("USAGE", `there is no pipeline file ${file}`, {
      hint: "give the file whose default export is a pipeline: runlet run pipeline.ts",
    });
  }
  const exported = await imported(path);
  if ((exported as Partial<Pipeline> | undefined)?.kind !== "pipeline") {
    throw new RunletError("PIPELINE_INVALID", `${basename(file)} exports no pipeline`, {
      hint: 'write: export default pipeline("name", …)',
    });
  }
  return exported as Pipeline;
}

async function imported(path: string): Promise<unknown> {
  const jiti = createJiti(import.meta.url, {
    virtualModules: {
      runlet,
      "runlet/duckdb": duckdb,
      "runlet/parquet": parquet,
      "runlet/postgres": postgres,
    },
    // Nothing is written beside what belongs to others; one file is transformed quickly.
    fsCache: false,
    interopDefault: false,
  });
  try {
    return (await jiti.import<{ default?: unknown }>(path)).default;
  } catch (cause) {
    if (cause instanceof RunletError) throw cause;
    throw new RunletError("PIPELINE_INVALID", `${basename(path)}: ${said(cause)}`, {
      hint: placeIn(path, cause),
      cause,
    });
  }
}

function said(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message
    .split("\n")[0]!
    .replace(/^.*?ParseError:\s*/, "")
    .trim();
}

/** The line of the file that threw, from the stack. */
function placeIn(path: string, cause: unknown): string | undefined {
  const stack = cause instanceof Error ? (cause.stack ?? "") : "";
  const at = stack.indexOf(`${path}:`);
  const place = at < 0 ? null : /^:(\d+(?::\d+)?)/.exec(stack.slice(at + path.length));
  return place ? `at ${basename(path)}:${place[1]}` : undefined;
}
