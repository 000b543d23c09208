import { bunBinary } from "../../runtimes/binaries.ts";
import { underCommand } from "./command.ts";
import type { Run } from "./runtime.ts";

export const bun: Run = (surroundings) =>
  underCommand({ program: bunBinary(), vectors: [], cases: [] }, surroundings);
