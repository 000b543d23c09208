import process from "node:process";
import { engineTimes, vectorOutcomes } from "./vectors-of.js";
const engine = await engineTimes();
process.stdout.write(JSON.stringify({ engine, vectors: await vectorOutcomes() }));
