import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { disk, parquet } from "../../core/destinations/parquet/index.ts";
import type { Subject } from "./subject.ts";
import { testEvolvingRuns } from "./suite-evolving-runs.ts";
import { testRefusedTypes } from "./suite-refused-types.ts";

const folder = mkdtempSync(join(tmpdir(), "runlet-parquet-"));
let lakes = 0;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const subject: Subject = {
  create: () => parquet(disk(join(folder, `${lakes++}`))),
  durable: true,
  widensCommitted: false,
};
testEvolvingRuns("parquet on a disk", subject);
testRefusedTypes("parquet on a disk", subject);
