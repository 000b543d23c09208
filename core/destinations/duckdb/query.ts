import { readRows } from "../../arrow/ipc-rows.ts";
import { RunletError } from "../../errors.ts";
import type { Json } from "../../json.ts";
import { stringifyExact } from "../../schema/exact-json.ts";
import { quoteText } from "../sql/quote.ts";
import { type DuckDBConnection, type DuckDBDriver, DuckDBError } from "./driver.ts";
import { destinationError } from "./errors.ts";
import { castThroughTimestamp, isTransactional, singleStatement } from "../sql/statement.ts";
import { hasSchema, schemaOf } from "./tables.ts";
import { useTimestampViews } from "./timestamp-views.ts";
import { type FunctionOverload, OVERLOADS_QUERY, viewMacros, zoneMacros } from "./zone-macros.ts";

const STATEMENT = "_runlet_query";
const CORRECTION =
  "cast the timestamp first: date_trunc('day', created_at::timestamp), created_at::timestamp::date";

/** How a query meets TIMESTAMPTZ in an engine without time zones: as it is; with macros for the functions that are
 *  missing; with views in which it is TIMESTAMP. Each later road is taken only where the earlier one failed. */
type Road = "plain" | "macros" | "views";

/** A query's result as an Arrow IPC stream. */
export interface QueryResult {
  stream: Uint8Array;
  /** Whether TIMESTAMPs in it are instants in UTC. */
  utc: boolean;
}

/** Runs a dataset's queries, outside any load: they see what is committed. */
export class DuckDBReader {
  readonly #driver: DuckDBDriver;
  readonly #dataset: string;
  readonly #connections = new Map<Road, DuckDBConnection>();
  readonly #inDataset = new Set<DuckDBConnection>();

  constructor(driver: DuckDBDriver, dataset: string) {
    this.#driver = driver;
    this.#dataset = dataset;
  }

  /** Runs one statement. Throws DESTINATION_QUERY. */
  async query(sql: string, parameters: readonly Json[] = []): Promise<QueryResult> {
    const statement = singleStatement(sql);
    if (statement === undefined) {
      throw new RunletError("DESTINATION_QUERY", "a query is one SQL statement", {
        hint: "run several statements one after the other",
      });
    }
    if (isTransactional(statement)) {
      throw new RunletError("DESTINATION_QUERY", "a query cannot begin or end a transaction", {
        hint: "each query is its own transaction; a load is one, too",
      });
    }
    const roads: Road[] = this.#driver.timeZones ? ["plain"] : ["plain", "macros", "views"];
    let failure: unknown;
    for (const road of roads) {
      try {
        const text = this.#driver.timeZones
          ? statement
          : castThroughTimestamp(statement, road === "macros" ? "all" : "try");
        return { stream: await this.#run(road, text, parameters), utc: road === "views" };
      } catch (error) {
        // The views are of this dataset only; a table they do not have is not what was wrong.
        if (!(road === "views" && error instanceof DuckDBError && error.kind === "Catalog")) failure = error;
        if (!lacksTimeZones(error)) break;
      }
    }
    throw queryError(failure, lacksTimeZones(failure) ? CORRECTION : undefined);
  }

  async close(): Promise<void> {
    for (const connection of this.#connections.values()) await connection.close();
    this.#connections.clear();
  }

  async #run(road: Road, sql: string, parameters: readonly Json[]): Promise<Uint8Array> {
    const connection = await this.#connect(road);
    if (parameters.length === 0) return connection.query(sql);
    await connection.exec(`PREPARE ${STATEMENT} AS ${sql}`);
    try {
      return await connection.query(`EXECUTE ${STATEMENT}(${parameters.map(literal).join(", ")})`);
    } finally {
      await connection.exec(`DEALLOCATE ${STATEMENT}`);
    }
  }

  async #connect(road: Road): Promise<DuckDBConnection> {
    let connection = this.#connections.get(road);
    if (!connection) {
      connection = await this.#driver.connect();
      for (const statement of await macrosOf(road, connection)) await connection.exec(statement);
      this.#connections.set(road, connection);
    }
    if (road === "views") {
      // Made anew each time: a load may have changed the tables since.
      await useTimestampViews(connection, this.#dataset);
    } else if (!this.#inDataset.has(connection) && (await hasSchema(connection, this.#dataset))) {
      await connection.exec(`USE ${schemaOf(connection, this.#dataset)}`);
      this.#inDataset.add(connection);
    }
    return connection;
  }
}

async function macrosOf(road: Road, connection: DuckDBConnection): Promise<string[]> {
  if (road === "plain") return [];
  if (road === "views") return viewMacros();
  return zoneMacros(readRows(await connection.query(OVERLOADS_QUERY)) as unknown as FunctionOverload[]);
}

/** Whether a statement failed for want of the extension that knows time zones. */
function lacksTimeZones(error: unknown): boolean {
  return (
    error instanceof DuckDBError && /WITH TIME ZONE|\bicu\b|^Macro .* multiple overloads/.test(error.message)
  );
}

function queryError(error: unknown, hint?: string): RunletError {
  const advice =
    hint ??
    (error instanceof DuckDBError && /json extension/.test(error.message)
      ? "the embedded DuckDB has no JSON functions: nested data is in the child tables; or open the file with DuckDB's own command line"
      : error instanceof DuckDBError && error.kind === "Catalog"
        ? "show tables lists what is there"
        : undefined);
  return destinationError(error, "DESTINATION_QUERY", "the query failed", {}, advice);
}

/** A parameter's value as an SQL literal of its own type. Objects and arrays are JSON text. */
function literal(value: Json | Uint8Array | undefined): string {
  if (value === null || value === undefined) return "NULL";
  switch (typeof value) {
    case "string":
      return quoteText(value);
    case "boolean":
      return value ? "true" : "false";
    case "bigint":
      return String(value);
    case "number":
      if (Number.isSafeInteger(value)) return String(value);
      return Number.isFinite(value) ? `${value.toExponential()}::DOUBLE` : `'${value}'::DOUBLE`;
  }
  if (value instanceof Uint8Array) {
    const digits = Array.from(value, (byte) => `\\x${byte.toString(16).padStart(2, "0")}`);
    return `'${digits.join("")}'::BLOB`;
  }
  return quoteText(stringifyExact(value));
}
