import { onFiles } from "./duckdb-files.ts";
import { testEvolution } from "./suite-evolution.ts";
import { testEvolvingRuns } from "./suite-evolving-runs.ts";
import { testRefusedTypes } from "./suite-refused-types.ts";

const subject = onFiles("native");
testEvolution("duckdb (native)", subject);
testEvolvingRuns("duckdb (native)", subject);
testRefusedTypes("duckdb (native)", subject);
