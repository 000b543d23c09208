import { postgresDatabases } from "./postgres-databases.ts";
import type { Subject } from "./subject.ts";
import { testMerging } from "./suite-merge.ts";
import { testDestination } from "./suite.ts";

const subject: Subject = {
  create: postgresDatabases(),
  durable: true,
  nulInText: false,
  // dlt's type of wei in Postgres is numeric(156,78).
  reads: { a_wei: [`1${"0".repeat(37)}.${"0".repeat(78)}`, null, `-1.${"0".repeat(78)}`] },
};
testDestination("postgres", subject);
testMerging("postgres", subject);
