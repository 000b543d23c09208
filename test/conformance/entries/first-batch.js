// Prints the time, in milliseconds since 1970, at which the first batch reached a destination.
import process from "node:process";
import { firstBatch } from "./first-batch-of.js";
process.stdout.write(String(await firstBatch()));
