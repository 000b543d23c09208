import cases from "./all-cases.js";
import { runCases } from "./suite.js";
import { firstBatch } from "./first-batch-of.js";
import { engineTimes, vectorOutcomes } from "./vectors-of.js";
globalThis.result = (async () => {
  const startToBatch = (await firstBatch()) - performance.timeOrigin;
  const engine = await engineTimes();
  const api = `${location.origin}/api`;
  return {
    startToBatch,
    engine,
    vectors: await vectorOutcomes(),
    cases: await runCases(cases, [], { api, folder: "" }),
  };
})();
