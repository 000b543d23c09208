import sql from "postgres";
import { afterAll, beforeAll } from "vitest";
import { postgres } from "../../core/destinations/postgres/index.ts";
import { openSocket } from "../../host-node/socket.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import type { Subject } from "./subject.ts";
import { testEvolution } from "./suite-evolution.ts";
import { testEvolvingRuns } from "./suite-evolving-runs.ts";

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
};
testEvolution("postgres", subject);
testEvolvingRuns("postgres", subject);
