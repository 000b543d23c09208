import { RunletError } from "../errors.ts";
import { checkBudget } from "./budget.ts";
import { checkContract } from "./contract-modes.ts";
import { checkCheckpoint } from "./checkpoint.ts";
import { nullColumnsFault } from "./null-columns.ts";
import type { RunOptions } from "./run-options.ts";

/** Every option of run() and preview(); the compiler keeps the list complete. */
const KNOWN: Record<keyof RunOptions, true> = {
  to: true,
  only: true,
  limit: true,
  data: true,
  maxDuration: true,
  maxBytes: true,
  checkpoint: true,
  refresh: true,
  schema: true,
  contract: true,
  env: true,
  fetch: true,
  engineModule: true,
  signal: true,
  onProgress: true,
  normalise: true,
  packages: true,
  reproduce: true,
  log: true,
  tracer: true,
};

/** Plain JavaScript has no compiler to find a misspelt option, and one that is not heeded does harm.
 *  @throws RunletError PIPELINE_INVALID */
export function checkRunOptions(options: RunOptions): RunOptions {
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(KNOWN, name)) continue;
    throw new RunletError("PIPELINE_INVALID", `run() has no option "${name}"`, {
      hint: `it has: ${Object.keys(KNOWN).join(", ")}`,
    });
  }
  checkCheckpoint(options);
  const { limit } = options;
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) {
    throw new RunletError("PIPELINE_INVALID", `limit is ${limit}`, { hint: "give a whole number from 1" });
  }
  if (![undefined, true, false, "data", "resources", "sources"].includes(options.refresh)) {
    throw new RunletError("PIPELINE_INVALID", `refresh is ${JSON.stringify(options.refresh)}`, {
      hint: 'give true, "data", "resources" or "sources"',
    });
  }
  checkBudget(options);
  const wrong = nullColumnsFault(options.normalise?.nullColumns);
  if (wrong) throw new RunletError("PIPELINE_INVALID", `normalise: ${wrong}`);
  checkContract(options.contract, "run()");
  return options;
}
