import { describeStream } from "../../arrow/ipc-schema.ts";
import { failpoint } from "../../packages/failpoints.ts";
import { RunletError } from "../../errors.ts";
import { type SchemaStep, takesBack } from "../../schema/steps.ts";
import type { TableSchema, WriteDisposition } from "../../schema/types.ts";
import { quoteName } from "../sql/quote.ts";
import type { CommitFacts, DestinationLoad, MergePlan } from "../contract.ts";
import type { Connection } from "./connection.ts";
import { type CopyColumn, encodeCopy, refuseNul } from "./copy-binary.ts";
import { destinationError, isConnectionLost } from "./errors.ts";
import { LoadLocks } from "./locks.ts";
import { checkBasis, isCommitted, writeFacts } from "./system-rows.ts";
import { LoadTables } from "./load-tables.ts";
import { encodingFor, printedField } from "./types.ts";

/** Settings of a load's transaction: it may wait for its source for hours, must be durable when committed, and does not
 *  queue readers up behind a table lock it cannot get. */
const SETTINGS = [
  ["statement_timeout", "0"],
  ["idle_in_transaction_session_timeout", "0"],
  ["lock_timeout", "30s"],
  ["TimeZone", "UTC"],
];

export interface LoadOptions {
  connection: Connection;
  dataset: string;
  loadId: string;
  uniqueIndexes: boolean;
  signal: AbortSignal | undefined;
  /** Asks, over a connection of its own, whether the load is complete, waiting for a commit that may be under way. */
  probe: () => Promise<boolean>;
  /** Called once, when the load has ended in whatever way. */
  ended: () => Promise<void>;
}

/** One load: one transaction on one connection. Rows are copied straight into their tables, where nobody sees them before
 *  the commit; see {@link LoadTables} for tables that change. There is no staging that could outlive the load: when the
 *  connection ends, the server undoes all of it.
 *
 *  A load id that is complete already is not loaded again: its load takes everything and changes nothing. */
export class PostgresLoad implements DestinationLoad {
  readonly #connection: Connection;
  readonly #options: LoadOptions;
  readonly #locks: LoadLocks;
  readonly #tables: LoadTables;
  #replayed = false;
  #takenBack = false;
  #open = true;

  constructor(options: LoadOptions) {
    const { connection, dataset, uniqueIndexes } = options;
    this.#connection = connection;
    this.#options = options;
    this.#locks = new LoadLocks(connection, dataset);
    this.#tables = new LoadTables(connection, dataset, this.#locks, uniqueIndexes);
  }

  /** Starts the transaction. */
  async start(): Promise<void> {
    const { dataset, loadId } = this.#options;
    const connection = this.#connection;
    await connection.run("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
    const settings = SETTINGS.map(([name, value]) => `set_config('${name}', '${value}', true)`);
    await connection.run(`SELECT ${settings.join(", ")}`);
    await connection.run(
      "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'",
    );
    await this.#locks.ownLoad(loadId);
    this.#replayed = await isCommitted(connection, dataset, loadId);
  }

  async prepare(table: TableSchema, disposition: WriteDisposition): Promise<void> {
    this.#check();
    if (this.#replayed) return;
    try {
      await this.#tables.prepare(table, disposition);
    } catch (error) {
      throw destinationError(error, "DESTINATION_FAILED", `cannot prepare table ${table.name}`, {
        table: table.name,
      });
    }
  }

  async write(table: string, stream: Uint8Array): Promise<void> {
    this.#check();
    if (this.#replayed) return;
    const { rows, columns } = this.#describe(table, stream);
    if (rows === 0) return;
    refuseNul(stream, table, columns);
    const names = columns.map(({ name }) => quoteName(name)).join(", ");
    try {
      await this.#connection.copy(
        `COPY ${this.#tables.target(table)} (${names}) FROM STDIN (FORMAT binary)`,
        encodeCopy(stream, table, columns),
      );
    } catch (error) {
      throw destinationError(error, "DESTINATION_FAILED", `cannot load into table ${table}`, { table });
    }
  }

  /** The stream's columns, once each is known to fit the table's. */
  #describe(table: string, stream: Uint8Array): { rows: number; columns: CopyColumn[] } {
    const stored = this.#tables.columns(table);
    if (!stored) throw new RunletError("DEFECT", `table ${table} was not prepared`, { where: { table } });
    const { fields, rows, ended } = describeStream(stream);
    if (!ended)
      throw new RunletError("DEFECT", `Arrow stream of table ${table} has no end`, { where: { table } });
    const columns = fields.map((field) => {
      const column = stored.find(({ name }) => name === field.name);
      const encoding = column && encodingFor(field, column.type);
      if (encoding) return { name: field.name, encoding };
      const found = column ? `is ${column.printed} at the destination` : "does not exist at the destination";
      throw new RunletError(
        "DESTINATION_SCHEMA",
        `column ${field.name} of table ${table} ${found}, the data is ${printedField(field)}`,
        {
          where: { table, column: field.name },
          hint: "load to another dataset, or change the column at the destination",
        },
      );
    });
    return { rows, columns };
  }

  async widen(table: string, base: string, variant: string): Promise<boolean> {
    this.#check();
    if (this.#replayed) return false;
    try {
      return await this.#tables.widen(table, base, variant);
    } catch (error) {
      const where = { table, column: base };
      throw destinationError(
        error,
        "DESTINATION_FAILED",
        `cannot widen column ${base} of table ${table}`,
        where,
      );
    }
  }

  async alter(steps: readonly SchemaStep[]): Promise<void> {
    this.#check();
    if (this.#replayed) return;
    this.#takenBack ||= steps.some(takesBack);
    try {
      await this.#tables.alter(steps);
    } catch (error) {
      const table = steps.length === 1 ? steps[0]!.table : undefined;
      const what = table ?? `tables ${[...new Set(steps.map((step) => step.table))].join(", ")}`;
      throw destinationError(error, "DESTINATION_FAILED", `cannot change ${what}`, table ? { table } : {});
    }
  }

  async merge(plan: MergePlan): Promise<void> {
    this.#check();
    if (this.#replayed) return;
    const table = plan.tables[0].name;
    try {
      await this.#tables.merge(plan);
    } catch (error) {
      throw destinationError(error, "DESTINATION_FAILED", `cannot merge into table ${table}`, { table });
    }
  }

  async commit(facts: CommitFacts): Promise<void> {
    this.#check();
    const { dataset, loadId } = this.#options;
    const connection = this.#connection;
    if (this.#replayed) return this.rollback();
    let committing = false;
    try {
      // First what takes time, then, one load after the other, the documents.
      await this.#tables.settle();
      await this.#locks.awaitCommits();
      await checkBasis(connection, dataset, facts);
      await writeFacts(
        connection,
        dataset,
        facts,
        (table) => this.#tables.prepareSystem(table),
        this.#takenBack,
      );
      committing = true;
      failpoint("destination.commit.during");
      await connection.run("COMMIT");
    } catch (error) {
      const unknown = committing && (connection.lost || isConnectionLost(error));
      await this.rollback();
      if (unknown && (await this.#options.probe().catch(() => false))) return;
      throw destinationError(error, "DESTINATION_FAILED", `cannot commit load ${loadId}`);
    }
    this.#open = false;
    await this.#options.ended();
  }

  async rollback(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    try {
      await this.#connection.run("ROLLBACK");
    } catch {
      // A server that has lost the connection undoes the transaction by itself.
    } finally {
      await this.#options.ended();
    }
  }

  #check(): void {
    if (!this.#open) throw new RunletError("DEFECT", `load ${this.#options.loadId} has ended`);
    if (this.#options.signal?.aborted) {
      throw new RunletError("CANCELLED", `load ${this.#options.loadId} was cancelled`, {
        hint: "nothing was loaded",
      });
    }
  }
}
