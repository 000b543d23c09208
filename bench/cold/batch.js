import { firstBatch } from "./first-batch.js";
import { report } from "./report.js";
report(await firstBatch());
