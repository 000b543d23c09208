import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { disk, parquet } from "../../core/destinations/parquet/index.ts";
import { testEvolvingRuns } from "./suite-evolving-runs.ts";

const folder = mkdtempSync(join(tmpdir(), "runlet-parquet-"));
let lakes = 0;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

testEvolvingRuns("parquet on a disk", {
  create: () => parquet(disk(join(folder, `${lakes++}`))),
  durable: true,
  widensCommitted: false,
});
