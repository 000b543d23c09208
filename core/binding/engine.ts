// The engine bound directly: its exports are the canonical ABI of core/engine/engine.wit, called without glue.
// Views into the engine's memory die at the next call; everything handed out is a copy.
import { RunletError, type ErrorCode, type ErrorWhere, ERROR_CODES } from "../errors.ts";
import type {
  Engine,
  EngineBatch,
  EngineConfig,
  EngineSchema,
  InputOptions,
  InputSummary,
} from "./contract.ts";

const INTERFACE = "runlet:engine/normalizer@0.1.0";
const METHOD = `${INTERFACE}#[method]normalizer.`;

/** Bytes pushed at once: enough to hide the call, small enough to stay in the cache. */
const CHUNK = 512 * 1024;

/** What helps. */
const REMEDIES: Partial<Record<ErrorCode, string>> = {
  CURSOR_INVALID:
    'a cursor is a number or a text in every record; onMissing: "include" or "exclude" says what becomes of records without it',
  LIMIT_RECORD: "allow more with normalise.limits.recordBytes (64 MB), or set bad records aside",
  LIMIT_DEPTH: "allow more with normalise.limits.depth (512), or set bad records aside",
  NULL_IN_KEY:
    "a key needs a value, of the type that its column has; where a column may be null after all, say columns: { name: { nullable: true } }",
  LIMIT_COLUMNS: "allow more with normalise.limits.columns (10000), or keep parts as json by a column hint",
  LIMIT_TABLES: "allow more with normalise.limits.tables (4096), or keep parts as json by a column hint",
};

const FROZEN =
  'let it evolve (contract: "evolve"), declare it before, or leave it out: "discard_row", "discard_value"';

type Call = (...args: number[]) => number;

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly cabi_realloc: Call;
  readonly [name: string]: Call | WebAssembly.Memory;
}

const encoder = new TextEncoder();
// A byte order mark in the data is data here.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Instantiates the engine for one load. Throws `RunletError` (CONFIG_INVALID) when the configuration is refused. */
export function openEngine(module: WebAssembly.Module, config: EngineConfig): Engine {
  return new BoundEngine(module, config);
}

class BoundEngine implements Engine {
  readonly #exports: Exports;
  readonly #handle: number;
  #dead: RunletError | undefined;
  #view: DataView;

  constructor(module: WebAssembly.Module, config: EngineConfig) {
    const imports = {
      [`[export]${INTERFACE}`]: { "[resource-new]normalizer": (representation: number) => representation },
    };
    this.#exports = new WebAssembly.Instance(module, imports).exports as unknown as Exports;
    this.#view = new DataView(this.#exports.memory.buffer);
    this.#handle = this.#number(this.#call(`${INTERFACE}#[static]normalizer.open`, ...this.#json(config)));
  }

  input(table: string, ordinal: number, options: InputOptions = {}): number {
    const name = this.#bytes(encoder.encode(table));
    return this.#number(this.#call(`${METHOD}input`, this.#handle, ...name, ordinal, ...this.#json(options)));
  }

  push(input: number, chunk: Uint8Array): number {
    let records = 0;
    for (let at = 0; at < chunk.length; at += CHUNK) {
      const part = this.#bytes(chunk.subarray(at, at + CHUNK));
      records += this.#number(this.#call(`${METHOD}push`, this.#handle, input, ...part));
    }
    return records;
  }

  pushText(input: number, text: string): number {
    let records = 0;
    // A UTF-16 code unit is at most three bytes of UTF-8.
    const step = Math.floor(CHUNK / 3);
    for (let at = 0; at < text.length;) {
      let to = Math.min(at + step, text.length);
      // A surrogate pair is not taken apart.
      if (to < text.length && (text.charCodeAt(to - 1) & 0xfc00) === 0xd800) to--;
      const room = (to - at) * 3;
      const pointer = this.#allocate(room);
      const into = new Uint8Array(this.#exports.memory.buffer, pointer, room);
      const { written } = encoder.encodeInto(text.slice(at, to), into);
      records += this.#number(this.#call(`${METHOD}push`, this.#handle, input, pointer, written));
      at = to;
    }
    return records;
  }

  end(input: number): InputSummary {
    const area = this.#check(this.#call(`${METHOD}end`, this.#handle, input));
    return JSON.parse(this.#text(area + 8)) as InputSummary;
  }

  abort(input: number): void {
    this.#call(`${METHOD}abort`, this.#handle, input);
  }

  take(drain = false): EngineBatch | undefined {
    let taken: EngineBatch | undefined;
    this.takeInto((batch) => {
      taken = { ...batch, message: batch.message.slice() };
    }, drain);
    return taken;
  }

  takeInto(sink: (batch: EngineBatch) => void, drain = false): boolean {
    let area = this.#call(`${METHOD}take`, this.#handle);
    if (drain && this.#byte(area) === 0) {
      this.#call(`${METHOD}flush`, this.#handle);
      area = this.#call(`${METHOD}take`, this.#handle);
    }
    if (this.#byte(area) === 0) return false;
    sink({
      table: this.#text(area + 4),
      schemaVersion: this.#u32(area + 12),
      rows: this.#u32(area + 16),
      message: new Uint8Array(this.#exports.memory.buffer, this.#u32(area + 20), this.#u32(area + 24)),
    });
    this.#call(`cabi_post_${METHOD}take`, area);
    return true;
  }

  tableSchema(table: string, version: number): Uint8Array {
    const name = this.#bytes(encoder.encode(table));
    const area = this.#call(`${METHOD}table-schema`, this.#handle, ...name, version);
    const message = this.#copy(this.#u32(area), this.#u32(area + 4));
    if (message.length === 0)
      throw new RunletError("DEFECT", `the engine has no version ${version} of table ${table}`);
    return message;
  }

  schema(): EngineSchema {
    const area = this.#call(`${METHOD}schema`, this.#handle);
    const schema = JSON.parse(this.#text(area)) as EngineSchema;
    // Names come from the data: `constructor` must not be found where it is not.
    for (const named of [schema.tables, schema.rows]) Object.setPrototypeOf(named, null);
    for (const { columns } of Object.values(schema.tables)) Object.setPrototypeOf(columns, null);
    return schema;
  }

  close(): void {
    this.#dead ??= new RunletError("DEFECT", "the engine is closed");
  }

  #call(name: string, ...args: number[]): number {
    if (this.#dead) throw this.#dead;
    try {
      return (this.#exports[name] as Call)(...args) >>> 0;
    } catch (error) {
      throw (this.#dead = this.#trap(error));
    }
  }

  /** After a trap the instance's memory cannot be trusted: nothing more is called on it. */
  #trap(error: unknown): RunletError {
    const reason = (this.#exports["reason-of-trap"] as Call)();
    if (reason === 1)
      return new RunletError("LIMIT_MEMORY", "the engine reached its memory limit", {
        cause: error,
        hint: "raise limits.memoryBytes, or load in smaller pieces",
      });
    return new RunletError("DEFECT", "the engine failed; nothing of this load is kept", {
      cause: error,
      hint: "please report this with the input that caused it",
    });
  }

  #number(area: number): number {
    return this.#u32(this.#check(area) + 8);
  }

  /** Throws the error a result holds. */
  #check(area: number): number {
    if (this.#byte(area) === 0) return area;
    const code = this.#text(area + 8);
    const view = this.#data();
    const excerpt = this.#text(area + 56);
    const column = this.#text(area + 64);
    const entity = this.#text(area + 72) as ErrorWhere["entity"];
    const valueType = this.#text(area + 80);
    const table = this.#text(area + 24);
    const record = Number(view.getBigUint64(area + 32, true));
    const where = {
      ...(record || entity ? { table } : {}),
      ...(record
        ? {
            record,
            offset: Number(view.getBigUint64(area + 40, true)),
            line: Number(view.getBigUint64(area + 48, true)),
          }
        : {}),
      ...(excerpt ? { excerpt } : {}),
      ...(column ? { column } : {}),
      ...(entity ? { entity, mode: "freeze" as const } : {}),
      ...(valueType ? { valueType } : {}),
    };
    const near = excerpt ? ` near ${JSON.stringify(excerpt)}` : "";
    const what = record || entity ? `${table}: ${this.#text(area + 16)}${near}` : this.#text(area + 16);
    const hint = entity ? FROZEN : REMEDIES[code as ErrorCode];
    throw new RunletError(code in ERROR_CODES ? (code as ErrorCode) : "DEFECT", what, {
      where,
      ...(hint ? { hint } : {}),
    });
  }

  #allocate(n: number): number {
    return this.#call("cabi_realloc", 0, 0, 1, n);
  }

  /** Copies bytes into the engine; the callee frees them. */
  #bytes(bytes: Uint8Array): [pointer: number, length: number] {
    const pointer = this.#allocate(bytes.length);
    new Uint8Array(this.#exports.memory.buffer, pointer, bytes.length).set(bytes);
    return [pointer, bytes.length];
  }

  #json(value: unknown): [pointer: number, length: number] {
    return this.#bytes(encoder.encode(JSON.stringify(value)));
  }

  #data(): DataView {
    // Growth detaches the buffer.
    if (this.#view.buffer !== this.#exports.memory.buffer)
      this.#view = new DataView(this.#exports.memory.buffer);
    return this.#view;
  }

  #byte(at: number): number {
    return this.#data().getUint8(at);
  }

  #u32(at: number): number {
    return this.#data().getUint32(at, true);
  }

  #copy(at: number, n: number): Uint8Array {
    return new Uint8Array(this.#exports.memory.buffer).slice(at, at + n);
  }

  /** The string or list of bytes (as text) whose pointer and length stand at `at`. */
  #text(at: number): string {
    return decoder.decode(new Uint8Array(this.#exports.memory.buffer, this.#u32(at), this.#u32(at + 4)));
  }
}
