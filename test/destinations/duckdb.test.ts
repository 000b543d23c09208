import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { duckdb } from "../../core/destinations/duckdb/index.ts";
import { openDuckDB } from "../../host-node/duckdb/index.ts";
import { testDestination } from "./suite.ts";

const folder = mkdtempSync(join(tmpdir(), "runlet-duckdb-"));
let files = 0;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

testDestination("duckdb in memory", {
  create: () => duckdb(":memory:", { open: openDuckDB }),
  durable: false,
});

testDestination("duckdb on a file", {
  create: () => duckdb(join(folder, `${files++}`, "data.duckdb"), { open: openDuckDB }),
  durable: true,
});
