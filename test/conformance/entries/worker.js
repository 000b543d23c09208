import { r2 } from "runlet/parquet";
import cases from "./all-cases.js";
import { firstBatch } from "./first-batch-of.js";
import { parquetOutcomes } from "./parquet-datasets.js";
import { runCases } from "./suite.js";
import * as internals from "./internals.js";
import { vectorOutcomes } from "./vectors-of.js";
export default {
  async fetch(request, { API: api, LAKE }) {
    const { pathname } = new URL(request.url);
    const world = { api, folder: "" };
    if (pathname === "/first-batch") return Response.json(await firstBatch());
    if (pathname === "/vectors") return Response.json(await vectorOutcomes(internals));
    if (pathname === "/cases") return Response.json(await runCases(cases, [], world));
    const inBucket = (name) => r2(LAKE, name);
    return Response.json(await parquetOutcomes(cases, world, internals.readJsonRows, inBucket));
  },
};
