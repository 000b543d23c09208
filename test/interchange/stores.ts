import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { duckdb } from "../../core/destinations/duckdb/index.ts";
import { postgres } from "../../core/destinations/postgres/index.ts";
import type { Destination } from "../../core/index.ts";
import { openDuckDB } from "../../host-node/duckdb/index.ts";
import { openSocket } from "../../host-node/socket.ts";
import { installTestHost } from "../pipeline/host.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { Partner, type Place } from "./partner.ts";
import { missingDlt } from "./python.ts";

/** A database as runlet and as dlt know it. */
export interface Store {
  to: Destination;
  place: Place;
}

/** dlt beside runlet, and databases that both write to. */
export interface Together {
  /** Why dlt does not take part. */
  missing: string | undefined;
  dlt: Partner;
  folder: string;
  inFile(name: string, driver?: "native" | "wasm"): Store;
  onServer(): Store;
  /** A database of a name in each kind that tests are for. */
  stores: Record<string, (name: string) => Store>;
}

/** For the tests of one file: call it once, at its top. `env` is the host's. */
export function together(env: Record<string, string> = {}): Together {
  const missing = missingDlt();
  if (missing) console.log(`dlt does not take part: ${missing}`);
  const folder = mkdtempSync(join(tmpdir(), "runlet-interchange-"));
  const dlt = new Partner();
  let server: PostgresServer | undefined;
  beforeAll(async () => {
    installTestHost(env);
    if (!missing) server = await startPostgres();
  }, 60_000);
  afterAll(async () => {
    await dlt.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const inFile: Together["inFile"] = (name, driver = "native") => {
    const path = join(folder, `${name}-${driver}.duckdb`);
    return { to: duckdb(path, { driver, open: openDuckDB }), place: { duckdb: path } };
  };
  const onServer = (): Store => {
    const url = server!.url();
    return { to: postgres(url, { socket: openSocket }), place: { postgres: url } };
  };
  return {
    missing,
    dlt,
    folder,
    inFile,
    onServer,
    stores: { DuckDB: (name) => inFile(name), Postgres: onServer },
  };
}
