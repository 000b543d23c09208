import { afterAll, beforeAll } from "vitest";
import { postgres } from "../../core/destinations/postgres/index.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { testDestination } from "./suite.ts";
import sql from "postgres";

let server: PostgresServer;
let databases = 0;
beforeAll(async () => void (server = await startPostgres()));
afterAll(() => server.stop());

testDestination("postgres", {
  create: async () => {
    const admin = sql(server.url("postgres"), { max: 1 });
    const name = `suite_${databases++}`;
    await admin.unsafe(`CREATE DATABASE ${name}`);
    await admin.end();
    return postgres(server.url(name));
  },
  durable: true,
});
