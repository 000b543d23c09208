import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { duckdb } from "../../core/destinations/duckdb/index.ts";
import { openDuckDB } from "../../host-node/duckdb/index.ts";
import type { Subject } from "./subject.ts";
import { testEvolution } from "./suite-evolution.ts";
import { testEvolvingRuns } from "./suite-evolving-runs.ts";

const folder = mkdtempSync(join(tmpdir(), "runlet-duckdb-"));
let files = 0;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const driver = "native";
const subject: Subject = {
  create: () => duckdb(join(folder, `${files++}`, "data.duckdb"), { open: openDuckDB, driver }),
  durable: true,
};
testEvolution(`duckdb (${driver})`, subject);
testEvolvingRuns(`duckdb (${driver})`, subject);
