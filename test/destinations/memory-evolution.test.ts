import { memory } from "../../core/destinations/memory/memory.ts";
import { testEvolution } from "./suite-evolution.ts";
import { testEvolvingRuns } from "./suite-evolving-runs.ts";
import { testRefusedTypes } from "./suite-refused-types.ts";

const subject = { create: () => memory(), durable: true };
testEvolution("memory", subject);
testEvolvingRuns("memory", subject);
testRefusedTypes("memory", subject);
