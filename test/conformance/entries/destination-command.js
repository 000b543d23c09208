import process from "node:process";
import cases from "./all-cases.js";
import { readJsonRows } from "./node_modules/runlet/dist/core/arrow/json-rows.js";
import { parquetOutcomes } from "./parquet-datasets.js";
import { runDatasets } from "./suite.js";

const [kind, api, where] = process.argv.slice(2);
const world = { api, folder: "" };

async function destination() {
  if (kind === "postgres") return (await import("runlet/postgres")).postgres(where);
  const { duckdb } = await import("runlet/duckdb");
  return duckdb(where, { driver: kind.slice("duckdb-".length) });
}

process.stdout.write(
  JSON.stringify(
    kind === "parquet"
      ? await parquetOutcomes(cases, world, readJsonRows)
      : await runDatasets(cases, world, await destination()),
  ),
);
