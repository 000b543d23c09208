import { duckdb } from "runlet/duckdb";
import cases from "./all-cases.js";
import { parquetOutcomes } from "./parquet-datasets.js";
import { runCases, runDatasets } from "./suite.js";
import { firstBatch } from "./first-batch-of.js";
import * as internals from "./internals.js";
import { engineTimes, vectorOutcomes } from "./vectors-of.js";
globalThis.result = (async () => {
  const startToBatch = (await firstBatch()) - performance.timeOrigin;
  const engine = await engineTimes(internals);
  const world = { api: `${location.origin}/api`, folder: "" };
  return {
    startToBatch,
    engine,
    vectors: await vectorOutcomes(internals),
    cases: await runCases(cases, [], world),
    datasets: {
      "duckdb-wasm": await runDatasets(cases, world, duckdb(":memory:")),
      parquet: await parquetOutcomes(cases, world, internals.readJsonRows),
    },
  };
})();
