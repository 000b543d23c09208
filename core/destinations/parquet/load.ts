import { RunletError } from "../../errors.ts";
import type { OpenFolder } from "../../folders/folder.ts";
import { failpoint } from "../../packages/failpoints.ts";
import type { SchemaStep } from "../../schema/steps.ts";
import type { TableSchema, WriteDisposition } from "../../schema/types.ts";
import type { CommitFacts, DestinationLoad } from "../contract.ts";
import type { ParquetLibrary } from "./library.ts";
import { LoadFiles } from "./load-files.ts";
import { type LakeStep, LoadTable } from "./load-table.ts";
import { openFile } from "./names.ts";
import { type Commit, type LakeTable, sameName, type Snapshot, type TableChange } from "./snapshot.ts";
import { checkStream } from "./stream-check.ts";
import { completeColumns } from "../duckdb/tables.ts";
import { hexId } from "./hex-id.ts";
import { foldFiles } from "./fold-files.ts";
import { ATTEMPTS, type Lake } from "./lake.ts";
import { checkBasis, factRows } from "./facts.ts";

export interface LoadOptions {
  lake: Lake;
  library: ParquetLibrary;
  dataset: string;
  loadId: string;
  /** Arrow bytes per file. */
  fileBytes: number;
  /** What the load starts from. */
  snapshot: Snapshot;
  random(into: Uint8Array): Uint8Array;
  signal: AbortSignal | undefined;
  /** Called once, when the load has ended in whatever way. */
  ended: () => void;
}

/** One load: files that no commit lists yet, then the one object that lists them.
 *
 *  A load id that is complete already is not loaded again: its load takes everything and changes nothing. */
export class ParquetLoad implements DestinationLoad {
  readonly #options: LoadOptions;
  readonly #folder: OpenFolder;
  readonly #files: LoadFiles;
  readonly #tables = new Map<string, LoadTable>();
  readonly #attempt: string;
  readonly #replayed: boolean;
  #open = true;
  /** A commit was sent, and no answer came: it may arrive yet. */
  #unanswered = false;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#folder = options.lake.folder;
    this.#files = new LoadFiles(options);
    this.#attempt = hexId(options.random);
    this.#replayed = options.snapshot.loads.some(({ load_id }) => load_id === options.loadId);
  }

  async start(): Promise<void> {
    if (!this.#replayed) await this.#options.lake.note(this.#options.loadId, this.#attempt);
  }

  async prepare(schema: TableSchema, disposition: WriteDisposition): Promise<void> {
    this.#check();
    if (this.#replayed) return;
    this.#table(schema.name).prepare(completeColumns(schema), disposition);
  }

  async alter(steps: readonly SchemaStep[]): Promise<void> {
    this.#check();
    if (this.#replayed) return;
    for (const step of steps) {
      if (step.kind === "drop-table" && !this.#options.snapshot.tables[sameName(step.table)]) continue;
      this.#table(step.table).alter(step as LakeStep);
    }
  }

  #table(name: string): LoadTable {
    const key = sameName(name);
    const table = this.#tables.get(key) ?? new LoadTable(name, this.#options.snapshot.tables[key]);
    this.#tables.set(key, table);
    return table;
  }

  async write(name: string, stream: Uint8Array): Promise<void> {
    this.#check();
    if (this.#replayed) return;
    const table = this.#tables.get(sameName(name));
    if (!table) throw new RunletError("DEFECT", `table ${name} was not prepared`, { where: { table: name } });
    const { rows, width, schema } = checkStream(name, stream, table.columns);
    if (rows > 0) await this.#files.write(table, stream, { width, schema });
  }

  async widen(name: string, base: string, variant: string): Promise<boolean> {
    this.#check();
    if (this.#replayed) return false;
    const table = this.#tables.get(sameName(name));
    const folding = table?.folding(base, variant);
    if (!table || !folding) return false;
    await this.#files.settle(table);
    const { library } = this.#options;
    const files = await foldFiles({ library, folder: this.#folder }, table.files, folding, () =>
      this.#files.name(table),
    );
    if (!files) return false;
    this.#files.forget(table.files.filter((file) => !files.includes(file)));
    table.folded(folding, files);
    return true;
  }

  async commit(facts: CommitFacts): Promise<void> {
    this.#check();
    const { dataset, loadId, lake, signal } = this.#options;
    if (this.#replayed) return this.rollback();
    let committed: { commit: Commit; snapshot: Snapshot };
    try {
      await this.#files.settle();
      if (signal?.aborted) throw cancelled(loadId);
      committed = await this.#append(facts);
    } catch (error) {
      const done = await this.#isIn().catch(() => undefined);
      // Where nobody can tell whether it is committed, its files stay: a commit may list them.
      if (done === undefined) this.#end();
      else if (!done) await this.rollback();
      if (!done) throw error;
      this.#end();
      return;
    }
    this.#end();
    failpoint("destination.commit.during");
    try {
      await lake.complete(committed.commit, committed.snapshot);
    } catch (cause) {
      // The load is in; what is left to do is done by the next run.
      this.#options.lake.log(
        `load ${loadId} is in dataset ${dataset}; clearing up after it failed and is done by the next run: ${String(cause)}`,
      );
    }
  }

  async #append(facts: CommitFacts): Promise<{ commit: Commit; snapshot: Snapshot }> {
    const { lake, dataset, loadId } = this.#options;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const { snapshot, foreign } = await lake.see();
      const now = foreign ? lake.adopted(snapshot, foreign) : snapshot;
      checkBasis(now, dataset, facts);
      if (!(await lake.hasNote(loadId, this.#attempt))) throw this.#givenUp();
      const rows = factRows(now, facts);
      const changes = new Map<string, TableChange>(
        foreign?.tables.map((change) => [sameName(change.name), change]) ?? [],
      );
      for (const [key, table] of this.#tables) {
        const seen: LakeTable | undefined = now.tables[key];
        const change = table.change(seen, changes.get(key), () => this.#overtaken(table.name));
        if (change) changes.set(key, change);
      }
      const commit: Commit = {
        format: 1,
        sequence: snapshot.sequence + 1,
        loadId,
        attempt: this.#attempt,
        loads: [...(foreign?.loads ?? []), rows.load],
        versions: [...(foreign?.versions ?? []), ...rows.versions],
        states: [...(foreign?.states ?? []), ...rows.states],
        tables: [...changes.values()],
      };
      this.#unanswered = true;
      const stored = await lake.commits.append(commit);
      this.#unanswered = false;
      if (stored) return { commit, snapshot: await lake.commits.read() };
      if (await lake.hasAttempt(loadId, this.#attempt))
        return { commit, snapshot: await lake.commits.read() };
    }
    throw new RunletError("CONCURRENT_RUN", `other runs commit to dataset ${dataset} without a pause`, {
      hint: "nothing was loaded: run again later",
    });
  }

  /** Whether the load is committed after all, though that failed. If not, it stays so. */
  async #isIn(): Promise<boolean> {
    const { lake, loadId } = this.#options;
    if (this.#unanswered) await lake.shutOut(loadId);
    return lake.hasAttempt(loadId, this.#attempt);
  }

  #givenUp(): RunletError {
    const { loadId, dataset } = this.#options;
    return new RunletError(
      "CONCURRENT_RUN",
      `another run took load ${loadId} of dataset ${dataset} for dead, and its files away`,
      { hint: "nothing was loaded: run again" },
    );
  }

  #overtaken(table: string): RunletError {
    return new RunletError(
      "CONCURRENT_RUN",
      `another run changed the columns of table ${table} in dataset ${this.#options.dataset} during this one`,
      { where: { table }, hint: "nothing was loaded: run again, and it continues from there" },
    );
  }

  async rollback(): Promise<void> {
    if (!this.#open) return;
    this.#end();
    if (this.#replayed) return;
    try {
      await this.#files.removeAll();
      const { lake, loadId } = this.#options;
      if (await lake.hasNote(loadId, this.#attempt)) await this.#folder.remove(openFile(loadId));
    } catch {
      // What stays is listed by no commit, and is found by the note of the load.
    }
  }

  #end(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#options.ended();
  }

  #check(): void {
    const { loadId, signal } = this.#options;
    if (!this.#open) throw new RunletError("DEFECT", `load ${loadId} has ended`);
    if (signal?.aborted) throw cancelled(loadId);
  }
}

function cancelled(loadId: string): RunletError {
  return new RunletError("CANCELLED", `load ${loadId} was cancelled`, { hint: "nothing was loaded" });
}
