import sql from "postgres";
import { afterAll, beforeAll } from "vitest";
import { postgres } from "../../core/destinations/postgres/index.ts";
import { openSocket } from "../../host-node/socket.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import type { Subject } from "./subject.ts";
import { testMerging } from "./suite-merge.ts";
import { testDestination } from "./suite.ts";

let server: PostgresServer;
let databases = 0;
beforeAll(async () => void (server = await startPostgres()));
afterAll(() => server.stop());

const subject: Subject = {
  create: async () => {
    const admin = sql(server.url("postgres"), { max: 1 });
    const name = `suite_${databases++}`;
    await admin.unsafe(`CREATE DATABASE ${name}`);
    await admin.end();
    return postgres(server.url(name), { socket: openSocket });
  },
  durable: true,
  nulInText: false,
  // dlt's type of wei in Postgres is numeric(156,78).
  reads: { a_wei: [`1${"0".repeat(37)}.${"0".repeat(78)}`, null, `-1.${"0".repeat(78)}`] },
};
testDestination("postgres", subject);
testMerging("postgres", subject);
