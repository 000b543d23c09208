import { readRows } from "../../arrow/ipc-rows.ts";
import type { Json } from "../../json.ts";
import { covers } from "../../schema/covers.ts";
import { parseExact, stringifyExact } from "../../schema/exact-json.ts";
import { decodeState } from "../../schema/state.ts";
import {
  LOADS_TABLE,
  loadsTable,
  STATE_TABLE,
  stateTable,
  VERSION_TABLE,
  versionTable,
} from "../../schema/system-tables.ts";
import { RunletError } from "../../errors.ts";
import type { TableSchema } from "../../schema/types.ts";
import { quoteText } from "../sql/quote.ts";
import { returns } from "../sql/returns.ts";
import type { CommitFacts, StoredDataset } from "../contract.ts";
import type { DuckDBConnection } from "./driver.ts";
import { qualified, storedColumns } from "./tables.ts";

/** Reads what the dataset remembers, as dlt reads it: the newest schema of that name, and the newest state of the
 *  pipeline whose load is complete. */
export async function readStored(
  connection: DuckDBConnection,
  dataset: string,
  pipelineName: string,
  schemaName: string,
): Promise<StoredDataset> {
  const exists = async (table: string): Promise<boolean> =>
    (await storedColumns(connection, dataset, table)).length > 0;
  const first = async (sql: string): Promise<string | undefined> => {
    const [row] = readRows(await connection.query(sql)) as { text: string }[];
    return row?.text;
  };
  const stored: StoredDataset = {};
  if (await exists(VERSION_TABLE)) {
    const schema = await first(
      `SELECT "schema" AS text FROM ${qualified(connection, dataset, VERSION_TABLE)}
       WHERE schema_name = ${quoteText(schemaName)} ORDER BY inserted_at DESC LIMIT 1`,
    );
    if (schema !== undefined)
      stored.schema = parseExact(schema, `the schema ${schemaName} in ${VERSION_TABLE}`);
  }
  if ((await exists(STATE_TABLE)) && (await exists(LOADS_TABLE))) {
    const state = await first(
      `SELECT s.state AS text FROM ${qualified(connection, dataset, STATE_TABLE)} s
       JOIN ${qualified(connection, dataset, LOADS_TABLE)} l ON l.load_id = s._dlt_load_id
       WHERE s.pipeline_name = ${quoteText(pipelineName)} AND l.status = 0 ORDER BY l.load_id DESC LIMIT 1`,
    );
    if (state !== undefined) stored.state = (await decodeState(state)) as Json;
  }
  if (await exists(LOADS_TABLE)) {
    const latest = await first(
      `SELECT CAST(greatest(max(CAST(TRY_CAST(load_id AS DECIMAL(24, 6)) * 1000000 AS BIGINT)),
         max(epoch_us(CAST(inserted_at AS TIMESTAMP)))) AS VARCHAR) AS text FROM ${qualified(connection, dataset, LOADS_TABLE)}`,
    );
    if (latest) stored.latestMicros = Number(latest);
  }
  return stored;
}

/** Whether the load is in, whole. */
export async function isLoaded(
  connection: DuckDBConnection,
  dataset: string,
  loadId: string,
): Promise<boolean> {
  if ((await storedColumns(connection, dataset, LOADS_TABLE)).length === 0) return false;
  const rows = await connection.query(
    `SELECT 1 FROM ${qualified(connection, dataset, LOADS_TABLE)} WHERE load_id = ${quoteText(loadId)} AND status = 0`,
  );
  return readRows(rows).length > 0;
}

/** Another run of this process may have loaded between this one's start and its transaction's. Only what this one
 *  writes counts: a run that changes neither schema nor state gets along with any other. */
async function refuseStale(connection: DuckDBConnection, dataset: string, facts: CommitFacts): Promise<void> {
  const { basedOn, state, schemaName } = facts;
  if (!basedOn) return;
  const newest = async (table: string, column: string, name: string, order: string) => {
    const columns = await storedColumns(connection, dataset, table);
    // The state table of an older dlt has no hash; the state itself has.
    const wanted = columns.some(({ name }) => name === "version_hash") ? "version_hash" : "NULL";
    const text = table === STATE_TABLE ? "state" : "NULL";
    if (columns.length === 0) return undefined;
    const rows = await connection.query(
      `SELECT ${wanted} AS hash, ${text} AS text FROM ${qualified(connection, dataset, table)}
       WHERE ${column} = ${quoteText(name)} ORDER BY ${order} DESC LIMIT 1`,
    );
    const row = readRows(rows)[0] as { hash: string | null; text: string | null } | undefined;
    return row?.hash ?? (row?.text ? (await decodeState(row.text))._version_hash : undefined);
  };
  const conflict = (what: string) =>
    new RunletError("CONCURRENT_RUN", `another run changed ${what} in dataset ${dataset} during this one`, {
      hint: "nothing was loaded: run again, and it continues from there",
    });
  if (state) {
    const hash = await newest(STATE_TABLE, "pipeline_name", state.pipelineName, "_dlt_load_id");
    if (hash !== basedOn.stateVersionHash) throw conflict(`the state of pipeline ${state.pipelineName}`);
  }
  const hash = await newest(VERSION_TABLE, "schema_name", schemaName, "inserted_at");
  if (facts.schemaVersionHash === basedOn.schemaVersionHash) {
    if (hash === undefined || hash === basedOn.schemaVersionHash) return;
    const { schema = null } = await readStored(connection, dataset, "", schemaName);
    if (!covers(schema, facts.schema)) throw conflict(`schema ${schemaName}`);
    return;
  }
  if (hash !== undefined && hash !== basedOn.schemaVersionHash && hash !== facts.schemaVersionHash)
    throw conflict(`schema ${schemaName}`);
}

/** Writes the rows that make a load known. `ensure` makes a system table exist. `anew`: versions of the schema from before
 *  are of tables that are no more. They go, as with dlt's `drop_tables`: dlt, and a later load, take a schema whose hash they find for
 *  one that the tables have. */
export async function writeFacts(
  connection: DuckDBConnection,
  dataset: string,
  facts: CommitFacts,
  ensure: (table: TableSchema) => Promise<void>,
  anew = false,
): Promise<void> {
  await ensure(versionTable());
  await ensure(loadsTable());
  await refuseStale(connection, dataset, facts);
  const time = `CAST(${quoteText(facts.insertedAt)} AS TIMESTAMPTZ)`;
  const name = quoteText(facts.schemaName);
  const hash = quoteText(facts.schemaVersionHash);
  if (anew || returns(facts)) {
    await connection.exec(
      `DELETE FROM ${qualified(connection, dataset, VERSION_TABLE)}
       WHERE schema_name = ${name}${anew ? "" : ` AND version_hash = ${hash}`}`,
    );
  }
  await connection.exec(
    `INSERT INTO ${qualified(connection, dataset, VERSION_TABLE)}
       (version, engine_version, inserted_at, schema_name, version_hash, "schema")
     SELECT ${integer(facts.schemaVersion)}, ${integer(facts.engineVersion)}, ${time}, ${name}, ${hash},
       ${quoteText(stringifyExact(facts.schema))}
     WHERE NOT EXISTS (SELECT 1 FROM ${qualified(connection, dataset, VERSION_TABLE)}
       WHERE version_hash = ${hash} AND schema_name = ${name})`,
  );
  if (facts.state) {
    const { state } = facts;
    await ensure(stateTable());
    await connection.exec(
      `INSERT INTO ${qualified(connection, dataset, STATE_TABLE)}
         (version, engine_version, pipeline_name, state, created_at, version_hash, _dlt_load_id, _dlt_id)
       VALUES (${integer(state.version)}, ${integer(state.engineVersion)}, ${quoteText(state.pipelineName)},
         ${quoteText(state.encoded)}, ${time}, ${quoteText(state.versionHash)}, ${quoteText(facts.loadId)},
         ${quoteText(state.dltId)})`,
    );
  }
  await connection.exec(
    `INSERT INTO ${qualified(connection, dataset, LOADS_TABLE)}
       (load_id, schema_name, status, inserted_at, schema_version_hash)
     VALUES (${quoteText(facts.loadId)}, ${name}, 0, ${time}, ${hash})`,
  );
}

function integer(value: number): string {
  if (!Number.isSafeInteger(value)) throw new Error(`${value} is no integer`);
  return String(value);
}
