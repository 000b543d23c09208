import { postgresDatabases } from "./postgres-databases.ts";
import type { Subject } from "./subject.ts";
import { testEvolution } from "./suite-evolution.ts";
import { testEvolvingRuns } from "./suite-evolving-runs.ts";
import { testRefusedTypes } from "./suite-refused-types.ts";

const subject: Subject = { create: postgresDatabases(), durable: true };
testEvolution("postgres", subject);
testEvolvingRuns("postgres", subject);
testRefusedTypes("postgres", subject);
