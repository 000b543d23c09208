import { r2 } from "runlet/parquet";
import { postgres } from "runlet/postgres";
import cases from "./all-cases.js";
import { firstBatch } from "./first-batch-of.js";
import { parquetOutcomes } from "./parquet-datasets.js";
import { runCases, runDatasets } from "./suite.js";
import * as internals from "./internals.js";
import { vectorOutcomes } from "./vectors-of.js";
export default {
  async fetch(request, { API: api, LAKE }) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/first-batch") return Response.json(await firstBatch());
    if (pathname === "/vectors") return Response.json({ vectors: await vectorOutcomes(internals) });
    const world = { api, folder: "" };
    if (pathname === "/datasets") {
      const inBucket = (name) => r2(LAKE, name);
      const parquet = await parquetOutcomes(cases, world, internals.readJsonRows, inBucket);
      const to = postgres(searchParams.get("database"));
      return Response.json({ parquet, postgres: await runDatasets(cases, world, to) });
    }
    return Response.json({ cases: await runCases(cases, [], world) });
  },
};
