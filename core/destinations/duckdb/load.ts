import { type ArrowField, describeStream } from "../../arrow/ipc-schema.ts";
import { readRows } from "../../arrow/ipc-rows.ts";
import { RunletError } from "../../errors.ts";
import { failpoint } from "../../packages/failpoints.ts";
import { type SchemaStep, takesBack } from "../../schema/steps.ts";
import type { TableSchema, WriteDisposition } from "../../schema/types.ts";
import { type MergePlan, RECORD_COLUMN } from "../merge-plan.ts";
import { mergeStatements, rootKeyStatements, rootlessQuery } from "../sql/merge.ts";
import { quoteName } from "../sql/quote.ts";
import type { CommitFacts, DestinationLoad } from "../contract.ts";
import { alterTable } from "./alter.ts";
import { type DuckDBConnection, JSON_SEED } from "./driver.ts";
import { destinationError } from "./errors.ts";
import { Stages, temporary } from "./stages.ts";
import { writeFacts } from "./system-rows.ts";
import {
  addColumns,
  catalogOf,
  columnsAsStored,
  completeColumns,
  createTable,
  jsonSeed,
  qualified,
  sameName,
  schemaOf,
  type StoredColumn,
  storedColumns,
  storedNames,
} from "./tables.ts";
import { checkRange } from "./range.ts";
import { arrivingType, fits, isNarrower } from "./types.ts";
import { allowDoubles } from "./unique.ts";
import { foldVariant } from "./widen.ts";

const STAGE = "_runlet_arriving";

export interface LoadOptions {
  connection: DuckDBConnection;
  dataset: string;
  loadId: string;
  /** Whether a commit has to reach a file. */
  durable: boolean;
  signal: AbortSignal | undefined;
  /** Called once, when the load has ended in whatever way. */
  ended: () => Promise<void>;
}

/** One load: one transaction on one connection. */
export class DuckDBLoad implements DestinationLoad {
  readonly #connection: DuckDBConnection;
  readonly #options: LoadOptions;
  /** Columns of the tables seen in this load, by name. */
  readonly #tables = new Map<string, StoredColumn[]>();
  /** What was there before this load, as far as it is known. */
  #names: Set<string> | undefined;
  readonly #replaced = new Set<string>();
  readonly #stages: Stages;
  #takenBack = false;
  #open = true;

  constructor(options: LoadOptions) {
    this.#connection = options.connection;
    this.#options = options;
    this.#stages = new Stages(options.connection, options.dataset);
  }

  /** Starts the transaction. */
  async start(): Promise<void> {
    const schema = schemaOf(this.#connection, this.#options.dataset);
    await this.#connection.exec("BEGIN TRANSACTION");
    await this.#connection.exec(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    // Arrow is inserted into the current schema: a name in two parts may also mean an attached database.
    await this.#connection.exec(`USE ${schema}`);
  }

  async prepare(table: TableSchema, disposition: WriteDisposition): Promise<void> {
    this.#check();
    try {
      if (disposition === "merge") await this.#prepareMerge(table);
      else await this.#prepare(table, disposition);
    } catch (error) {
      throw destinationError(error, "DESTINATION_FAILED", `cannot prepare table ${table.name}`, {
        table: table.name,
      });
    }
  }

  async #prepareMerge(table: TableSchema): Promise<void> {
    const { [RECORD_COLUMN]: record, ...columns } = table.columns;
    await this.#prepare({ ...table, columns }, "append");
    const stored = this.#tables.get(sameName(table.name));
    if (stored) await this.#stages.ensure(table.name, stored, record !== undefined);
  }

  async #prepare(table: TableSchema, disposition: WriteDisposition): Promise<void> {
    const { dataset } = this.#options;
    const wanted = completeColumns(table);
    const key = sameName(table.name);
    let stored = this.#tables.get(key) ?? (await this.#stored(table.name));
    if (disposition === "replace" && stored.length > 0 && !this.#replaced.has(key)) {
      const names = new Set(wanted.map((column) => sameName(column.name)));
      if (stored.every((column) => names.has(sameName(column.name)))) {
        await this.#connection.exec(`DROP TABLE ${qualified(this.#connection, dataset, table.name)}`);
        stored = [];
      } else {
        await this.#connection.exec(`DELETE FROM ${qualified(this.#connection, dataset, table.name)}`);
      }
    }
    this.#replaced.add(key);
    if (stored.length === 0) {
      if (wanted.length === 0) return;
      await createTable(this.#connection, dataset, table.name, wanted);
      this.#tables.set(key, columnsAsStored(wanted));
    } else {
      const names = new Set(stored.map((column) => sameName(column.name)));
      const added = wanted.filter((column) => !names.has(sameName(column.name)));
      if (added.length === 0) return void this.#tables.set(key, stored);
      await addColumns(this.#connection, dataset, table.name, stored, added);
      this.#tables.set(key, [
        ...stored,
        ...columnsAsStored(added).map((column) => ({ ...column, nullable: true })),
      ]);
    }
  }

  /** Columns of a table that this load has not seen; asking for each is what many small tables would wait for. */
  async #stored(table: string): Promise<StoredColumn[]> {
    const { dataset } = this.#options;
    this.#names ??= await storedNames(this.#connection, dataset);
    return this.#names.has(sameName(table)) ? storedColumns(this.#connection, dataset, table) : [];
  }

  async write(table: string, stream: Uint8Array): Promise<void> {
    this.#check();
    const staged = this.#stages.has(table);
    const columns = staged ? this.#stages.columns(table) : this.#tables.get(sameName(table));
    if (!columns) throw new RunletError("DEFECT", `table ${table} was not prepared`, { where: { table } });
    const { fields, rows, ended } = describeStream(stream);
    if (!ended)
      throw new RunletError("DEFECT", `Arrow stream of table ${table} has no end`, { where: { table } });
    const named = new Map(columns.map((column) => [sameName(column.name), column]));
    const arriving = fields.map((field) => this.#checkField(table, named.get(sameName(field.name)), field));
    if (rows === 0) return;
    const direct =
      fields.length === columns.length &&
      columns.every(
        (column, index) =>
          named.get(sameName(fields[index]!.name)) === column && column.type === arriving[index],
      );
    try {
      if (!direct) await this.#writeByName(table, stream, columns, fields, arriving);
      else
        await this.#connection.insertArrow(
          stream,
          staged
            ? { catalog: "temp", schema: "main", table: this.#stages.name(table) }
            : { catalog: catalogOf(this.#connection), schema: this.#options.dataset, table },
        );
    } catch (error) {
      throw destinationError(error, "DESTINATION_FAILED", `cannot load into table ${table}`, { table });
    }
  }

  /** The DuckDB type a field arrives as, once it is known to fit its column. */
  #checkField(table: string, column: StoredColumn | undefined, field: ArrowField): string {
    const type = arrivingType(field);
    if (column && type && (fits(type, column.type) || isNarrower(type, column.type))) return type;
    const found = column ? `is ${column.type} at the destination` : "does not exist at the destination";
    throw new RunletError(
      "DESTINATION_SCHEMA",
      `column ${field.name} of table ${table} ${found}, the data is ${type ?? field.type.kind}`,
      {
        where: { table, column: field.name },
        hint: "load to another dataset, or change the column at the destination",
      },
    );
  }

  /** Insertion is by position; a stream with other columns than the table goes through a temporary one. */
  async #writeByName(
    table: string,
    stream: Uint8Array,
    stored: readonly StoredColumn[],
    fields: readonly ArrowField[],
    arriving: readonly string[],
  ): Promise<void> {
    const columns = fields.map(({ name }, index) =>
      arriving[index] === "JSON"
        ? `${JSON_SEED}.json AS ${quoteName(name)}`
        : `CAST(NULL AS ${arriving[index]}) AS ${quoteName(name)}`,
    );
    await this.#connection.exec(
      `CREATE TEMP TABLE ${STAGE} AS SELECT ${columns.join(", ")} FROM ${jsonSeed(this.#connection)} LIMIT 0`,
    );
    await this.#connection.insertArrow(stream, { catalog: "temp", schema: "main", table: STAGE });
    const types = new Map(fields.map(({ name }, index) => [sameName(name), arriving[index]!]));
    const narrow = stored.filter(({ name, type }) => isNarrower(types.get(sameName(name)) ?? type, type));
    await checkRange(this.#connection, { table, stage: temporary(STAGE), narrow });
    await this.#connection.exec(
      `INSERT INTO ${this.#stages.has(table) ? this.#stages.sql(table) : qualified(this.#connection, this.#options.dataset, table)}
       BY NAME SELECT * FROM ${temporary(STAGE)}`,
    );
    await this.#connection.exec(`DROP TABLE ${temporary(STAGE)}`);
  }

  async widen(table: string, base: string, variant: string): Promise<boolean> {
    this.#check();
    const { dataset } = this.#options;
    const target = qualified(this.#connection, dataset, table);
    try {
      const columns = await storedColumns(this.#connection, dataset, table);
      const staged = this.#stages.columns(table);
      const tables = [
        { target, columns },
        ...(staged ? [{ target: this.#stages.sql(table), columns: staged }] : []),
      ];
      const folded = await foldVariant(this.#connection, tables, base, variant);
      if (folded) {
        const stored = await storedColumns(this.#connection, dataset, table);
        this.#tables.set(sameName(table), stored);
        const type = stored.find(({ name }) => sameName(name) === sameName(base))?.type;
        if (type) this.#stages.folded(table, base, variant, type);
      }
      return folded;
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
    this.#takenBack ||= steps.some(takesBack);
    for (const step of steps) {
      try {
        await alterTable(this.#connection, this.#options.dataset, step);
        this.#tables.delete(sameName(step.table));
        this.#names = undefined;
        if (step.kind === "type-column") {
          const stored = await storedColumns(this.#connection, this.#options.dataset, step.table);
          const column = stored.find(({ name }) => sameName(name) === sameName(step.column));
          if (column) await this.#stages.typed(step.table, column);
        }
      } catch (error) {
        throw destinationError(error, "DESTINATION_FAILED", `cannot change table ${step.table}`, {
          table: step.table,
        });
      }
    }
  }

  async merge(plan: MergePlan): Promise<void> {
    this.#check();
    const { dataset } = this.#options;
    const names = plan.tables.map(({ name }) => name);
    try {
      for (const name of names.filter((table) => !this.#stages.has(table))) {
        const stored = await storedColumns(this.#connection, dataset, name);
        // Nothing has come for it, but what is nested in rows that go must go, too.
        await this.#stages.ensure(name, stored, plan.strategy !== "delete-insert");
      }
      const dialect = {
        target: (table: string) => qualified(this.#connection, dataset, table),
        stage: (table: string) => this.#stages.sql(table),
        temporary,
        arrival: await this.#stages.arrival(names),
      };
      if (plan.scd2) await allowDoubles(this.#connection, dataset, plan.tables[0].name, plan.scd2.version);
      const rootless = rootlessQuery(plan, dialect);
      const isRootless = rootless && readRows(await this.#connection.query(rootless)).length > 0;
      const before = isRootless ? rootKeyStatements(plan.tables, dialect) : [];
      for (const sql of [...before, ...mergeStatements(plan, dialect)]) await this.#connection.exec(sql);
      await this.#stages.drop(names);
    } catch (error) {
      throw destinationError(error, "DESTINATION_FAILED", `cannot merge into table ${names[0]}`, {
        table: names[0]!,
      });
    }
  }

  async commit(facts: CommitFacts): Promise<void> {
    this.#check();
    const { dataset, durable, loadId } = this.#options;
    try {
      await writeFacts(
        this.#connection,
        dataset,
        facts,
        (table) => this.#prepare(table, "append"),
        this.#takenBack,
      );
      await this.#connection.exec("COMMIT");
    } catch (error) {
      await this.rollback();
      throw destinationError(error, "DESTINATION_FAILED", `cannot commit load ${loadId}`);
    }
    this.#open = false;
    try {
      failpoint("destination.commit.during");
      // Nothing is written ahead: the checkpoint is what makes the load durable.
      if (durable) await this.#connection.checkpoint();
    } catch (error) {
      throw destinationError(error, "STORAGE_FAILED", `load ${loadId} cannot be written to its file`);
    } finally {
      await this.#options.ended();
    }
  }

  async rollback(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    try {
      await this.#connection.exec("ROLLBACK");
    } catch {
      // An engine that has stopped cannot commit either; the file stays as the last checkpoint left it.
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
