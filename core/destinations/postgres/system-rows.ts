import { RunletError } from "../../errors.ts";
import type { Json } from "../../json.ts";
import { covers } from "../../schema/covers.ts";
import { parseExact, stringifyExact } from "../../schema/exact-json.ts";
import { decodeState, type PipelineState } from "../../schema/state.ts";
import {
  LOADS_TABLE,
  loadsTable,
  STATE_TABLE,
  stateTable,
  VERSION_TABLE,
  versionTable,
} from "../../schema/system-tables.ts";
import type { TableSchema } from "../../schema/types.ts";
import type { CommitFacts, StoredDataset } from "../contract.ts";
import { returns } from "../sql/returns.ts";
import type { Connection } from "./connection.ts";
import { qualified, storedColumns } from "./tables.ts";

interface NewestSchema {
  text: string;
  hash: string;
}

const exists = async (connection: Connection, dataset: string, table: string): Promise<boolean> =>
  (await storedColumns(connection, dataset, table)).length > 0;

async function newestSchema(
  connection: Connection,
  dataset: string,
  schemaName: string,
): Promise<NewestSchema | undefined> {
  if (!(await exists(connection, dataset, VERSION_TABLE))) return undefined;
  const { rows } = await connection.rows(
    `SELECT "schema", version_hash FROM ${qualified(dataset, VERSION_TABLE)}
     WHERE schema_name = $1 ORDER BY inserted_at DESC, version DESC LIMIT 1`,
    [schemaName],
  );
  const [row] = rows as [string, string | null][];
  return row && { text: row[0], hash: row[1] ?? "" };
}

async function newestState(
  connection: Connection,
  dataset: string,
  pipelineName: string,
): Promise<{ state: PipelineState; hash: string | undefined } | undefined> {
  const columns = await storedColumns(connection, dataset, STATE_TABLE);
  if (columns.length === 0 || !(await exists(connection, dataset, LOADS_TABLE))) return undefined;
  // The table of an older dlt has no hash; the state itself has.
  const hash = columns.some(({ name }) => name === "version_hash") ? "s.version_hash" : "NULL";
  const { rows } = await connection.rows(
    `SELECT s.state, ${hash} FROM ${qualified(dataset, STATE_TABLE)} s
     JOIN ${qualified(dataset, LOADS_TABLE)} l ON l.load_id = s._dlt_load_id
     WHERE s.pipeline_name = $1 AND l.status = 0 ORDER BY l.load_id DESC LIMIT 1`,
    [pipelineName],
  );
  const [row] = rows as [string, string | null][];
  if (!row) return undefined;
  const state = await decodeState(row[0]);
  return { state, hash: row[1] ?? state._version_hash };
}

/** Reads what the dataset remembers, as dlt reads it: the newest schema of that name, and the newest state of the
 *  pipeline whose load is complete. Both in one transaction, so that they belong together. */
export async function readStored(
  connection: Connection,
  dataset: string,
  pipelineName: string,
  schemaName: string,
): Promise<StoredDataset> {
  const { schema, state, latest } = await connection.transaction(
    "ISOLATION LEVEL REPEATABLE READ READ ONLY",
    async () => ({
      schema: await newestSchema(connection, dataset, schemaName),
      state: await newestState(connection, dataset, pipelineName),
      latest: await latestMicros(connection, dataset),
    }),
  );
  const stored: StoredDataset = latest === undefined ? {} : { latestMicros: latest };
  if (schema) stored.schema = parseExact(schema.text, `the schema ${schemaName} in ${VERSION_TABLE}`);
  if (state) stored.state = state.state as Json;
  return stored;
}

async function latestMicros(connection: Connection, dataset: string): Promise<number | undefined> {
  if (!(await exists(connection, dataset, LOADS_TABLE))) return undefined;
  // dlt's load ids are seconds; ids that are no number count by their time.
  const { rows } = await connection.rows(
    `SELECT greatest(
       max(CASE WHEN load_id ~ '^\\d{1,12}(\\.\\d{1,9})?$' THEN load_id::numeric * 1000000 END),
       max(extract(epoch FROM inserted_at)::numeric * 1000000))::bigint
     FROM ${qualified(dataset, LOADS_TABLE)} WHERE isfinite(inserted_at)`,
  );
  const latest = rows[0]![0] as bigint | null;
  return latest === null ? undefined : Number(latest);
}

/** Whether a load is complete. */
export async function isCommitted(connection: Connection, dataset: string, loadId: string): Promise<boolean> {
  if (!(await exists(connection, dataset, LOADS_TABLE))) return false;
  const { rows } = await connection.rows(
    `SELECT 1 FROM ${qualified(dataset, LOADS_TABLE)} WHERE load_id = $1 AND status = 0`,
    [loadId],
  );
  return rows.length > 0;
}

/** That the documents to be replaced are those the run started from. Only what it writes counts: a run that changes
 *  neither schema nor state gets along with any other, and so do two that change the schema alike.
 *  @throws RunletError CONCURRENT_RUN */
export async function checkBasis(connection: Connection, dataset: string, facts: CommitFacts): Promise<void> {
  const { basedOn, state } = facts;
  if (!basedOn) return;
  const conflict = (what: string): RunletError =>
    new RunletError("CONCURRENT_RUN", `another run changed ${what} in dataset ${dataset} during this one`, {
      hint: "nothing was loaded: run again, and it continues from there",
    });
  if (state) {
    const newest = await newestState(connection, dataset, state.pipelineName);
    if (newest?.hash !== basedOn.stateVersionHash)
      throw conflict(`the state of pipeline ${state.pipelineName}`);
  }
  const newest = await newestSchema(connection, dataset, facts.schemaName);
  if (facts.schemaVersionHash === basedOn.schemaVersionHash) {
    if (!newest || newest.hash === basedOn.schemaVersionHash) return;
    const schema = parseExact(newest.text, `the schema ${facts.schemaName} in ${VERSION_TABLE}`);
    if (!covers(schema, facts.schema)) throw conflict(`schema ${facts.schemaName}`);
  } else {
    if (newest && newest.hash !== basedOn.schemaVersionHash && newest.hash !== facts.schemaVersionHash)
      throw conflict(`schema ${facts.schemaName}`);
  }
}

/** Writes the rows that make a load known. `ensure` makes a system table exist. `anew`: versions of the schema from before
 *  are of tables that are no more. They go, as with dlt's `drop_tables`: dlt, and a later load, take a schema whose hash they find for
 *  one that the tables have. */
export async function writeFacts(
  connection: Connection,
  dataset: string,
  facts: CommitFacts,
  ensure: (table: TableSchema) => Promise<void>,
  anew = false,
): Promise<void> {
  await ensure(versionTable());
  await ensure(loadsTable());
  if (anew || returns(facts)) {
    await connection.run(
      `DELETE FROM ${qualified(dataset, VERSION_TABLE)} WHERE schema_name = $1${anew ? "" : " AND version_hash = $2"}`,
      anew ? [facts.schemaName] : [facts.schemaName, facts.schemaVersionHash],
    );
  }
  // Times go as text that the server reads: a Date would lose the microseconds.
  await connection.run(
    `INSERT INTO ${qualified(dataset, VERSION_TABLE)}
       (version, engine_version, inserted_at, schema_name, version_hash, "schema")
     SELECT $1::bigint, $2::bigint, $3::text::timestamptz, $4, $5, $6
     WHERE NOT EXISTS (SELECT 1 FROM ${qualified(dataset, VERSION_TABLE)}
       WHERE version_hash = $5 AND schema_name = $4)`,
    [
      integer(facts.schemaVersion),
      integer(facts.engineVersion),
      facts.insertedAt,
      facts.schemaName,
      facts.schemaVersionHash,
      stringifyExact(facts.schema),
    ],
  );
  if (facts.state) {
    const { state } = facts;
    await ensure(stateTable());
    await connection.run(
      `INSERT INTO ${qualified(dataset, STATE_TABLE)}
         (version, engine_version, pipeline_name, state, created_at, version_hash, _dlt_load_id, _dlt_id)
       VALUES ($1::bigint, $2::bigint, $3, $4, $5::text::timestamptz, $6, $7, $8)`,
      [
        integer(state.version),
        integer(state.engineVersion),
        state.pipelineName,
        state.encoded,
        facts.insertedAt,
        state.versionHash,
        facts.loadId,
        state.dltId,
      ],
    );
  }
  await connection.run(
    `INSERT INTO ${qualified(dataset, LOADS_TABLE)}
       (load_id, schema_name, status, inserted_at, schema_version_hash)
     VALUES ($1, $2, 0, $3::text::timestamptz, $4)`,
    [facts.loadId, facts.schemaName, facts.insertedAt, facts.schemaVersionHash],
  );
}

function integer(value: number): string {
  if (!Number.isSafeInteger(value)) throw new Error(`${value} is no integer`);
  return String(value);
}
