// The page, and Parquet files, whose WebAssembly lies beside its JavaScript where no bundler moves it.
import cases from "./all-cases.js";
import { readJsonRows } from "./node_modules/runlet/dist/core/arrow/json-rows.js";
import "./page.js";
import { parquetOutcomes } from "./parquet-datasets.js";
const before = globalThis.result;
globalThis.result = (async () => {
  const outcome = await before;
  const world = { api: `${location.origin}/api`, folder: "" };
  return { ...outcome, datasets: { parquet: await parquetOutcomes(cases, world, readJsonRows) } };
})();
