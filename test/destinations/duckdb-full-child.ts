import { duckdb, type DuckDBDriverName } from "../../core/destinations/duckdb/index.ts";
import { RunletError } from "../../core/errors.ts";
import { openDuckDB } from "../../host-node/duckdb/index.ts";
import { facts, put } from "./load.ts";

/** In a process whose files may not grow: loads little, then too much, then little; prints what came of each. */
const [driver, file = ""] = process.argv.slice(2);
const destination = duckdb(file, { open: openDuckDB, driver: driver as DuckDBDriverName });

async function load(id: string, rows: number): Promise<string> {
  const session = await destination.open({ dataset: "ds" });
  try {
    const started = await session.begin(id);
    const values = Array.from({ length: rows }, () => `${Math.random()} ${Math.random()}`);
    await put(started, "t", { v: { type: "text", values } });
    await started.commit(facts(id));
    return "loaded";
  } catch (error) {
    return error instanceof RunletError ? error.code : String(error);
  } finally {
    await session.close();
  }
}

const outcomes = [await load("1", 10), await load("2", 400_000), await load("3", 5)];
process.stdout.write(JSON.stringify(outcomes));
