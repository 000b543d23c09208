// A dataset in DuckDB as digests: every row of every table, and of the system tables what does not tell the time.
import type { LoadInfo } from "runlet";
import { readable, sha256 } from "./outcome.ts";

export type DatasetOutcome = Record<string, { rows: number; sha256: string }>;

const SYSTEM: Record<string, string> = {
  _dlt_loads: "load_id, schema_name, status, schema_version_hash",
  _dlt_version: "version, engine_version, schema_name, version_hash",
  _dlt_pipeline_state: "version, engine_version, pipeline_name, version_hash, _dlt_load_id",
};

export async function datasetOutcome({ dataset, datasetName }: LoadInfo): Promise<DatasetOutcome> {
  const tables = await dataset.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = ? order by 1",
    [datasetName],
  );
  const outcome: DatasetOutcome = {};
  for (const { name } of tables) {
    const rows = await dataset.query(`select ${SYSTEM[name] ?? "*"} from "${name}"`);
    const lines = rows.map((row) => JSON.stringify(readable(row))).sort();
    outcome[name] = { rows: rows.length, sha256: await sha256(new TextEncoder().encode(lines.join("\n"))) };
  }
  return outcome;
}
