import { asRunletError, RunletError } from "../errors.ts";
import type {
  EngineBatch,
  EngineConfig,
  EngineSchema,
  InputOptions,
  InputSummary,
  RunEngine,
} from "./contract.ts";
import { type Answer, type Port, type Question, receivedError } from "./messages.ts";

/** A thread that serves engines ({@link RunEngine}), seen from the thread that uses them. */
export class EngineLink {
  readonly #port: Port;
  /** Who waits for the next answers, in order. */
  readonly #waiting: { answered(answer: Answer): void; failed(error: RunletError): void }[] = [];
  #lost: RunletError | undefined;

  constructor(port: Port) {
    this.#port = port;
    port.receive((message) => this.#waiting.shift()?.answered(message as Answer));
  }

  ask(question: Question, transfer: Transferable[] = []): Promise<Answer> {
    if (this.#lost) return Promise.reject(this.#lost);
    return new Promise((answered, failed) => {
      const waiting = { answered, failed };
      this.#waiting.push(waiting);
      try {
        this.#port.send(question, transfer);
      } catch (cause) {
        // What was not sent is not answered: the answers to come are for others.
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        failed(asRunletError(cause));
      }
    });
  }

  get isLost(): boolean {
    return this.#lost !== undefined;
  }

  /** The thread is gone: nothing more is answered. */
  lost(reason: string): void {
    this.#lost ??= new RunletError("LIMIT_MEMORY", `the engine's thread stopped: ${reason}`, {
      hint: "nothing loaded · load in smaller pieces, or limit its memory: normalise.limits.memoryBytes",
    });
    for (const { failed } of this.#waiting.splice(0)) failed(this.#lost);
  }
}

/** Opens an engine on the link's thread; one at a time. `closed` is called when the thread is free again. */
export async function openRemote(
  link: EngineLink,
  module: WebAssembly.Module,
  config: EngineConfig,
  closed: () => void,
): Promise<RunEngine> {
  try {
    const { error } = await link.ask({ ask: "open", module, config });
    if (error) throw receivedError(error);
  } catch (error) {
    closed();
    throw error;
  }
  return new RemoteEngine(link, closed);
}

const NOTHING = Promise.resolve(0);

class RemoteEngine implements RunEngine {
  readonly #link: EngineLink;
  readonly #closed: () => void;
  /** Batches that have come and have not been taken. */
  readonly #batches: EngineBatch[] = [];
  readonly #schemas = new Map<string, Uint8Array>();
  /** The latest push of each input; absent where each is waited for. */
  readonly #ahead = new Map<number, Promise<number> | undefined>();
  #inputs = 0;
  #open = true;

  constructor(link: EngineLink, closed: () => void) {
    this.#link = link;
    this.#closed = closed;
  }

  /** Answers at once; what is wrong with the options comes with the next answer of the input. */
  input(table: string, ordinal: number, options: InputOptions = {}): number {
    const input = ++this.#inputs;
    this.#ahead.set(input, options.limit === undefined ? NOTHING : undefined);
    this.#unheard(this.#ask({ ask: "input", input, table, ordinal, options }));
    return input;
  }

  /** A copy goes to the thread: the caller's bytes stay where they are. */
  push(input: number, chunk: Uint8Array): Promise<number> {
    const copy = chunk.slice();
    return this.#push(input, this.#ask({ ask: "push", input, chunk: copy }, [copy.buffer]));
  }

  pushText(input: number, text: string): Promise<number> {
    return this.#push(input, this.#ask({ ask: "push", input, chunk: text }));
  }

  end(input: number): Promise<InputSummary> {
    this.#ahead.delete(input);
    return this.#ask({ ask: "end", input });
  }

  abort(input: number): void {
    this.#ahead.delete(input);
    this.#unheard(this.#ask({ ask: "abort", input }));
  }

  /** Answers when the push before is through, so that a chunk is on its way while another is worked on. A record that
   *  reaches a limit is to be known at once. */
  #push(input: number, pushed: Promise<number>): Promise<number> {
    const before = this.#ahead.get(input);
    if (before === undefined) return pushed;
    this.#unheard(pushed);
    this.#ahead.set(input, pushed);
    return before;
  }

  /** Every later question about an input that has failed is answered with what was wrong. */
  #unheard(answer: Promise<unknown>): void {
    answer.catch(() => undefined);
  }

  takeInto(sink: (batch: EngineBatch) => void, drain = false): boolean | Promise<boolean> {
    const batch = this.#batches.shift();
    if (batch) sink(batch);
    else if (drain) return this.#drain(sink);
    return batch !== undefined;
  }

  tableSchema(table: string, version: number): Uint8Array {
    const schema = this.#schemas.get(`${version} ${table}`);
    if (!schema) throw new RunletError("DEFECT", `the engine has no version ${version} of table ${table}`);
    return schema;
  }

  async schema(): Promise<EngineSchema> {
    const schema = await this.#ask<EngineSchema>({ ask: "schema" });
    // Names come from the data: `constructor` must not be found where it is not.
    for (const named of [schema.tables, schema.rows]) Object.setPrototypeOf(named, null);
    for (const { columns } of Object.values(schema.tables)) Object.setPrototypeOf(columns, null);
    return schema;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#link.ask({ ask: "close" }).then(this.#closed, () => undefined);
  }

  async #drain(sink: (batch: EngineBatch) => void): Promise<boolean> {
    await this.#ask({ ask: "drain" });
    const batch = this.#batches.shift();
    if (batch) sink(batch);
    return batch !== undefined;
  }

  async #ask<T>(question: Question, transfer?: Transferable[]): Promise<T> {
    if (!this.#open) throw new RunletError("DEFECT", "the engine is closed");
    const { batches, error, value } = await this.#link.ask(question, transfer);
    for (const { schema, ...batch } of batches) {
      if (schema) this.#schemas.set(`${batch.schemaVersion} ${batch.table}`, schema);
      this.#batches.push(batch);
    }
    if (error) throw receivedError(error);
    return value as T;
  }
}
