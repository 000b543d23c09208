import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Json } from "../../core/json.ts";
import type { StoredSchema } from "../../core/schema/stored.ts";
import type { PipelineState } from "../../core/schema/state.ts";
import { pythonOfDlt } from "./python.ts";

export type Place = { duckdb: string } | { postgres: string };

/** What dlt says of a pipeline. */
export interface Described {
  default: string | null;
  dataset: string;
  first_run: boolean;
  /** Per schema the document; the version hash it holds, the one it was read with, and the one dlt computes anew. */
  schemas: Record<
    string,
    {
      document: StoredSchema;
      version: number;
      hash: string;
      stored: string;
      computed: string;
      modified: boolean;
    }
  >;
  state: PipelineState;
}

/** Tables as dlt reads them: columns with their types, rows of canonical cells (test/oracle/README.md). */
export type Read = Record<string, { columns: [name: string, type: string][]; rows: string[][] }>;

/** A resource of dlt's: options as in sequences.json, `hints` beside: dlt's own for columns. */
export interface Given {
  name: string;
  records: object[];
  options?: Record<string, unknown>;
  /** What its function puts into its state. */
  state?: Record<string, Json>;
  /** Fields that are texts in the records and datetimes for dlt. */
  datetimes?: string[];
}

/** dlt in a process of its own, which starts with the first thing it is told; errors are dlt's. */
export class Partner {
  readonly folder = mkdtempSync(join(tmpdir(), "runlet-dlt-"));
  #process: { child: ChildProcess; answers: AsyncIterator<string> } | undefined;
  #said = "";

  #start(): { child: ChildProcess; answers: AsyncIterator<string> } {
    const script = fileURLToPath(new URL("partner.py", import.meta.url));
    const child = spawn(pythonOfDlt(), [script, this.folder], {
      stdio: ["pipe", "pipe", "pipe"],
      cwd: this.folder,
    });
    child.stderr.on("data", (text: Buffer) => (this.#said = (this.#said + String(text)).slice(-4000)));
    return { child, answers: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  }

  /** Attaches to a dataset, knowing nothing but what the destination has. `how`: by `dlt.attach`, by `sync_destination`, or
   *  as a pipeline of which nothing is asked yet; `working` names a working folder, to come back to. */
  attach(
    pipeline: string,
    place: Place,
    dataset: string,
    { how = "attach", working }: { how?: "attach" | "sync" | "pipeline" | "dev"; working?: string } = {},
  ): Promise<Described> {
    return this.#do("attach", { pipeline, place, dataset, how, working: working ?? null });
  }

  describe(): Promise<Described> {
    return this.#do("describe");
  }

  read(schema?: string): Promise<Read> {
    return this.#do("read", schema ? { schema } : {});
  }

  rowCounts(): Promise<Record<string, number>> {
    return this.#do("row_counts");
  }

  /** Runs the pipeline that is attached to. */
  run(
    resources: Given[],
    { source, ...options }: { source?: string; [option: string]: Json | undefined } = {},
  ): Promise<{ loads: string[]; counts: Record<string, number> }> {
    const given = resources.map((each) => ({ ...each, records: each.records.map(text) }));
    return this.#do("run", { resources: given, source: source ?? null, ...options });
  }

  loads(): Promise<{ load_id: string; status: number; schema_name: string }[]> {
    return this.#do("loads");
  }

  /** Rows of a load per table. */
  countsOf(loadId: string): Promise<Record<string, number>> {
    return this.#do("counts_of", { load_id: loadId });
  }

  sql(text: string): Promise<Record<string, Json>[]> {
    return this.#do("sql", { text });
  }

  /** Runs dlt's command line, which is told yes where it asks; what it prints. */
  command(words: string[], env: Record<string, string>): string {
    return this.python(["-m", "dlt", ...words], env);
  }

  /** Runs a program in dlt's Python; what it prints. */
  python(words: string[], env: Record<string, string> = {}): string {
    return execFileSync(pythonOfDlt(), words, {
      encoding: "utf8",
      cwd: this.folder,
      input: "y\ny\n",
      stdio: ["pipe", "pipe", "pipe"],
      env: { PATH: process.env["PATH"], HOME: this.folder, RUNTIME__DLTHUB_TELEMETRY: "false", ...env },
    });
  }

  async close(): Promise<void> {
    const child = this.#process?.child;
    if (child && child.exitCode === null) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.stdin!.end();
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #do<T>(command: string, given: object = {}): Promise<T> {
    const { child, answers } = (this.#process ??= this.#start());
    child.stdin!.write(`${JSON.stringify({ do: command, with: given })}\n`);
    const { value, done } = await answers.next();
    if (done) throw new Error(`dlt ended:\n${this.#said}`);
    const answer = JSON.parse(value) as { ok: T; error?: { type: string; message: string } };
    if (answer.error)
      throw new Error(`dlt: ${answer.error.type}: ${answer.error.message}`, { cause: this.#said });
    return answer.ok;
  }
}

/** A record as JSON; bigint as digits. */
function text(record: object): string {
  const marked = JSON.stringify(record, (_, value: unknown) =>
    typeof value === "bigint" ? `\u0000${value}` : value,
  );
  return marked.replace(/"\\u0000(-?\d+)"/g, "$1");
}
