import { afterEach } from "vitest";
import { duckdb, type DuckDBDestination } from "../../core/destinations/duckdb/index.ts";
import { openDuckDB } from "../../host-node/duckdb/index.ts";
import { DRIVERS, onFiles } from "./duckdb-files.ts";
import { testMerging } from "./suite-merge.ts";
import { testDestination } from "./suite.ts";

const opened: DuckDBDestination[] = [];
afterEach(async () => {
  for (const destination of opened.splice(0)) await destination.close();
});

for (const driver of DRIVERS) {
  testDestination(`duckdb (${driver}) in memory`, {
    create: () => {
      const destination = duckdb(":memory:", { open: openDuckDB, driver });
      opened.push(destination);
      return destination;
    },
    durable: true,
  });

  const files = onFiles(driver);
  testDestination(`duckdb (${driver}) on a file`, files);
  testMerging(`duckdb (${driver}) on a file`, files);
}
