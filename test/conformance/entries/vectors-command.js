import process from "node:process";
import * as internals from "./internals-bundled.js";
import { engineTimes, vectorOutcomes } from "./vectors-of.js";
const engine = await engineTimes(internals);
process.stdout.write(JSON.stringify({ engine, vectors: await vectorOutcomes(internals) }));
