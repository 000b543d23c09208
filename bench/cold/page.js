import { engineTimes } from "./engine-times.js";
import { firstBatch } from "./first-batch.js";

globalThis.result = (async () => {
  const batch = (await firstBatch()) - performance.timeOrigin;
  const bytes = await (await fetch("/core.wasm")).arrayBuffer();
  return { batch, ...(await engineTimes(bytes)) };
})();
