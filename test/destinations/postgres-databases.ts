import sql from "postgres";
import { afterAll, beforeAll } from "vitest";
import type { Destination } from "../../core/destinations/contract.ts";
import { postgres } from "../../core/destinations/postgres/index.ts";
import { openSocket } from "../../host-node/socket.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";

/** A server for the tests of one file; what is returned makes a database on it that no other test has seen. */
export function postgresDatabases(): () => Promise<Destination> {
  let server: PostgresServer;
  let made = 0;
  beforeAll(async () => void (server = await startPostgres()), 60_000);
  afterAll(() => server.stop());
  return async () => {
    const admin = sql(server.url("postgres"), { max: 1 });
    const name = `own_${made++}`;
    await admin.unsafe(`CREATE DATABASE ${name}`);
    await admin.end();
    return postgres(server.url(name), { socket: openSocket });
  };
}
