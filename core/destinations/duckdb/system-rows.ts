import { readRows } from "../../arrow/ipc-rows.ts";
import type { Json } from "../../json.ts";
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
import type { TableSchema } from "../../schema/types.ts";
import { quoteText } from "../sql/quote.ts";
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
      `SELECT "schema" AS text FROM ${qualified(dataset, VERSION_TABLE)}
       WHERE schema_name = ${quoteText(schemaName)} ORDER BY inserted_at DESC LIMIT 1`,
    );
    if (schema !== undefined)
      stored.schema = parseExact(schema, `the schema ${schemaName} in ${VERSION_TABLE}`);
  }
  if ((await exists(STATE_TABLE)) && (await exists(LOADS_TABLE))) {
    const state = await first(
      `SELECT s.state AS text FROM ${qualified(dataset, STATE_TABLE)} s
       JOIN ${qualified(dataset, LOADS_TABLE)} l ON l.load_id = s._dlt_load_id
       WHERE s.pipeline_name = ${quoteText(pipelineName)} AND l.status = 0 ORDER BY l.load_id DESC LIMIT 1`,
    );
    if (state !== undefined) stored.state = (await decodeState(state)) as Json;
  }
  return stored;
}

/** Writes the rows that make a load known. `ensure` makes a system table exist. */
export async function writeFacts(
  connection: DuckDBConnection,
  dataset: string,
  facts: CommitFacts,
  ensure: (table: TableSchema) => Promise<void>,
): Promise<void> {
  await ensure(versionTable());
  await ensure(loadsTable());
  const time = `CAST(${quoteText(facts.insertedAt)} AS TIMESTAMPTZ)`;
  const name = quoteText(facts.schemaName);
  const hash = quoteText(facts.schemaVersionHash);
  await connection.exec(
    `INSERT INTO ${qualified(dataset, VERSION_TABLE)}
       (version, engine_version, inserted_at, schema_name, version_hash, "schema")
     SELECT ${integer(facts.schemaVersion)}, ${integer(facts.engineVersion)}, ${time}, ${name}, ${hash},
       ${quoteText(stringifyExact(facts.schema))}
     WHERE NOT EXISTS (SELECT 1 FROM ${qualified(dataset, VERSION_TABLE)}
       WHERE version_hash = ${hash} AND schema_name = ${name})`,
  );
  if (facts.state) {
    const { state } = facts;
    await ensure(stateTable());
    await connection.exec(
      `INSERT INTO ${qualified(dataset, STATE_TABLE)}
         (version, engine_version, pipeline_name, state, created_at, version_hash, _dlt_load_id, _dlt_id)
       VALUES (${integer(state.version)}, ${integer(state.engineVersion)}, ${quoteText(state.pipelineName)},
         ${quoteText(state.encoded)}, ${time}, ${quoteText(state.versionHash)}, ${quoteText(facts.loadId)},
         ${quoteText(state.dltId)})`,
    );
  }
  await connection.exec(
    `INSERT INTO ${qualified(dataset, LOADS_TABLE)}
       (load_id, schema_name, status, inserted_at, schema_version_hash)
     VALUES (${quoteText(facts.loadId)}, ${name}, 0, ${time}, ${hash})`,
  );
}

function integer(value: number): string {
  if (!Number.isSafeInteger(value)) throw new Error(`${value} is no integer`);
  return String(value);
}
