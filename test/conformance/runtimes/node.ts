import { nodeBinary } from "../../runtimes/binaries.ts";
import { underCommand } from "./command.ts";
import type { Run } from "./runtime.ts";

/** Node of one major version. */
export const node =
  (major: number): Run =>
  (surroundings) =>
    underCommand({ program: nodeBinary(major), vectors: [], cases: [] }, surroundings);
