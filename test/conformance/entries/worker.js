import cases from "./all-cases.js";
import { firstBatch } from "./first-batch-of.js";
import { runCases } from "./suite.js";
import { vectorOutcomes } from "./vectors-of.js";
export default {
  async fetch(request, { API: api }) {
    const { pathname } = new URL(request.url);
    if (pathname === "/first-batch") return Response.json(await firstBatch());
    if (pathname === "/vectors") return Response.json({ vectors: await vectorOutcomes() });
    return Response.json({ cases: await runCases(cases, [], { api, folder: "" }) });
  },
};
