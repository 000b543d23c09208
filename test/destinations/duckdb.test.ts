import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach } from "vitest";
import { duckdb, type DuckDBDestination } from "../../core/destinations/duckdb/index.ts";
import { openDuckDB } from "../../host-node/duckdb/index.ts";
import type { Subject } from "./subject.ts";
import { testMerging } from "./suite-merge.ts";
import { testDestination } from "./suite.ts";

const folder = mkdtempSync(join(tmpdir(), "runlet-duckdb-"));
let files = 0;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const opened: DuckDBDestination[] = [];
afterEach(async () => {
  for (const destination of opened.splice(0)) await destination.close();
});

for (const driver of ["wasm", "native"] as const) {
  const options = { open: openDuckDB, driver };

  testDestination(`duckdb (${driver}) in memory`, {
    create: () => {
      const destination = duckdb(":memory:", options);
      opened.push(destination);
      return destination;
    },
    durable: true,
  });

  const onFile: Subject = {
    create: () => duckdb(join(folder, `${files++}`, "data.duckdb"), options),
    durable: true,
  };
  testDestination(`duckdb (${driver}) on a file`, onFile);
  testMerging(`duckdb (${driver}) on a file`, onFile);
}
