import { join } from "node:path";
import { duckdb } from "../../core/destinations/duckdb/index.ts";
import { postgres } from "../../core/destinations/postgres/index.ts";
import type { Destination } from "../../core/index.ts";
import { openDuckDB } from "../../host-node/duckdb/index.ts";
import { openSocket } from "../../host-node/socket.ts";
import type { PostgresServer } from "../servers/postgres.ts";
import type { Place } from "./partner.ts";

/** A database as runlet and as dlt know it. */
export interface Store {
  to: Destination;
  place: Place;
}

export function inFile(folder: string, name: string, driver: "native" | "wasm" = "native"): Store {
  const path = join(folder, `${name}-${driver}.duckdb`);
  return { to: duckdb(path, { driver, open: openDuckDB }), place: { duckdb: path } };
}

export function onServer(server: PostgresServer): Store {
  return { to: postgres(server.url(), { socket: openSocket }), place: { postgres: server.url() } };
}
