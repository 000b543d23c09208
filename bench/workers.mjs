// Memory and size of a Worker: bare workerd with the limits of an isolate, while NDJSON streams through it.
//
//   node bench/workers.mjs [--mb 200] [--postgres postgres://…]
import { parseArgs } from "node:util";
import { createJiti } from "jiti";

const { values } = parseArgs({
  options: { mb: { type: "string", default: "200" }, postgres: { type: "string" } },
});
const jiti = createJiti(import.meta.url);
const { measure } = await jiti.import("../test/workers/memory-gate.ts");
const targets = ["null", "parquet", "packages", ...(values.postgres ? ["postgres"] : [])];

console.log("| into | MB of NDJSON | seconds | VmHWM, MB | of it before the load | of it the load |");
console.log("| ---- | -----------: | ------: | --------: | --------------------: | -------------: |");
for (const target of targets) {
  const found = await measure(target, Number(values.mb) * 1e6, values.postgres);
  const [megabytes, highWater, baseline, added] = [
    found.megabytes,
    found.highWater,
    found.baseline,
    found.added,
  ].map((each) => each.toFixed(0));
  console.log(
    `| ${target} | ${megabytes} | ${found.seconds.toFixed(1)} | ${highWater} | ${baseline} | ${added} |`,
  );
}
