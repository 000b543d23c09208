import { RunletError } from "../../errors.ts";
import { covers } from "../../schema/covers.ts";
import { parseExact, stringifyExact } from "../../schema/exact-json.ts";
import type { CommitFacts } from "../contract.ts";
import type { LoadRow, Snapshot, StateRow, VersionRow } from "./snapshot.ts";

/** That the documents to be replaced are those the run started from. Only what it writes counts: a run that changes
 *  neither schema nor state gets along with any other, and so do two that change the schema alike.
 *  @throws RunletError CONCURRENT_RUN */
export function checkBasis(now: Snapshot, dataset: string, facts: CommitFacts): void {
  const { basedOn, state, schemaName } = facts;
  if (!basedOn) return;
  const conflict = (what: string): RunletError =>
    new RunletError("CONCURRENT_RUN", `another run changed ${what} in dataset ${dataset} during this one`, {
      hint: "nothing was loaded: run again, and it continues from there",
    });
  if (state) {
    const newest = now.states[state.pipelineName];
    if (newest?.version_hash !== basedOn.stateVersionHash)
      throw conflict(`the state of pipeline ${state.pipelineName}`);
  }
  const newest = now.versions[schemaName];
  const hash = newest?.version_hash;
  if (facts.schemaVersionHash === basedOn.schemaVersionHash) {
    if (!newest || hash === basedOn.schemaVersionHash) return;
    const schema = parseExact(newest.schema, `schema ${schemaName} of dataset ${dataset}`);
    if (!covers(schema, facts.schema)) throw conflict(`schema ${schemaName}`);
    return;
  }
  if (hash !== undefined && hash !== basedOn.schemaVersionHash && hash !== facts.schemaVersionHash)
    throw conflict(`schema ${schemaName}`);
}

/** The rows that make a load known; a schema version that is the newest already is not repeated. */
export function factRows(
  now: Snapshot,
  facts: CommitFacts,
): { load: LoadRow; versions: VersionRow[]; states: StateRow[] } {
  const { loadId, schemaName, insertedAt, schemaVersionHash, state } = facts;
  const load: LoadRow = {
    load_id: loadId,
    schema_name: schemaName,
    status: 0,
    inserted_at: insertedAt,
    schema_version_hash: schemaVersionHash,
  };
  const version: VersionRow = {
    version_hash: schemaVersionHash,
    schema_name: schemaName,
    version: facts.schemaVersion,
    engine_version: facts.engineVersion,
    inserted_at: insertedAt,
    schema: stringifyExact(facts.schema),
  };
  const known = now.versions[schemaName]?.version_hash === schemaVersionHash;
  return {
    load,
    versions: known ? [] : [version],
    states: state
      ? [
          {
            version: state.version,
            engine_version: state.engineVersion,
            pipeline_name: state.pipelineName,
            state: state.encoded,
            created_at: insertedAt,
            version_hash: state.versionHash,
            _dlt_load_id: loadId,
            _dlt_id: state.dltId,
          },
        ]
      : [],
  };
}
