import { nullDestination, pipeline, resource } from "runlet";
import { pipelineCase, reproduce } from "../../case.js";

const rows = resource("rows", {}, async function* () {
  for (let n = 0; n < 3; n++) yield new TextEncoder().encode(`{"n":${n},"l":[1,2]}\n`.repeat(2));
});

export default pipelineCase({
  about: "Progress: stages in order, counts that never fall, the totals at the end; and the log's events.",
  make: () => pipeline("progress", rows),
  async act(pipeline) {
    const logged = new Set();
    const stages = new Set();
    const falls = [""];
    let last = Object();
    await pipeline.run({
      to: nullDestination(),
      reproduce: reproduce(),
      onProgress(progress) {
        stages.add(progress.stage);
        for (const count of ["pages", "records", "rows", "bytes"])
          if (last[count] > Object(progress)[count]) falls.push(`${progress.stage} ${count}`);
        last = progress;
      },
      log: ({ level, event }) => void logged.add(`${level} ${event}`),
    });
    return { stages: [...stages], falls, last, logged: [...logged] };
  },
});
