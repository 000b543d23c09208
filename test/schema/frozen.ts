import { readFileSync } from "node:fs";

/** What `test/oracle/documents.py` froze: rows of dlt's `_dlt_version` and `_dlt_pipeline_state`. */
export interface FrozenPipeline {
  versions: {
    version: number;
    engineVersion: number;
    schemaName: string;
    versionHash: string;
    schema: string;
  }[];
  states: {
    version: number;
    engineVersion: number;
    pipelineName: string;
    state: string;
    versionHash: string;
  }[];
}

export const FROZEN = JSON.parse(
  readFileSync(new URL("../data/oracle/documents.json", import.meta.url), "utf8"),
) as Record<string, FrozenPipeline>;

export const VERSIONS = Object.entries(FROZEN).flatMap(([name, { versions }]) =>
  versions.map((row) => ({ name: `${name} v${row.version}`, row })),
);

export const STATES = Object.entries(FROZEN).flatMap(([name, { states }]) =>
  states.map((row) => ({ name, row })),
);
