import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { installHost } from "../../core/index.ts";
import { disk, parquet } from "../../core/destinations/parquet/index.ts";
import { nodeHost } from "../../host-node/host.ts";
import { testDestination } from "./suite.ts";

const folder = mkdtempSync(join(tmpdir(), "runlet-parquet-"));
let lakes = 0;
installHost({ ...nodeHost, log: () => undefined });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

testDestination("parquet on a disk", {
  create: () => parquet(disk(join(folder, `${lakes++}`))),
  durable: true,
  widensCommitted: false,
});
