import { onFiles } from "./duckdb-files.ts";
import { testEvolution } from "./suite-evolution.ts";
import { testEvolvingRuns } from "./suite-evolving-runs.ts";
import { testRefusedTypes } from "./suite-refused-types.ts";

const subject = onFiles("wasm");
testEvolution("duckdb (wasm)", subject);
testEvolvingRuns("duckdb (wasm)", subject);
testRefusedTypes("duckdb (wasm)", subject);
