// What the peers of DuckDB share: a database, the reader of an input, the schema that DuckDB finds in it.
import { DuckDBInstance } from "@duckdb/node-api";

export const version = async () => (await import("@duckdb/node-api")).version();

const quoted = (text) => `'${text.replaceAll("'", "''")}'`;

/** The table function that reads the input, as SQL. `columns` are names and types, found by DuckDB when not given. */
export function reader({ path, format }, columns) {
  const given = columns
    ? `, columns = {${columns.map(([name, type]) => `${quoted(name)}: ${quoted(type)}`).join(", ")}}`
    : "";
  if (format === "csv") return `read_csv(${quoted(path)}${given}${columns ? ", header = true" : ""})`;
  // Maps would take the place of wide structs, and keep the keys as data.
  const auto = columns ? "" : ", map_inference_threshold = -1";
  return `read_json${columns ? "" : "_auto"}(${quoted(path)}, format = 'newline_delimited'${given}${auto})`;
}

/** Runs `work` on a connection; the database is written and closed. */
export async function withDatabase(database, options, work) {
  const instance = await DuckDBInstance.create(database, options);
  const connection = await instance.connect();
  try {
    const result = await work(connection);
    if (database !== ":memory:") await connection.run("CHECKPOINT");
    return result;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Names and types of the input's columns as DuckDB finds them. */
export const schemaOf = (input) =>
  withDatabase(":memory:", {}, async (connection) => {
    const found = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${reader(input)}`);
    return found.getRows().map(([name, type]) => [name, type]);
  });

export async function countRows(connection, table) {
  const counted = await connection.runAndReadAll(`SELECT count(*) FROM ${table}`);
  return Number(counted.getRows()[0][0]);
}
