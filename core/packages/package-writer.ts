import { describeStream } from "../arrow/ipc-schema.ts";
import type { CommitFacts, MergePlan, WriteDisposition } from "../destinations/contract.ts";
import { RunletError } from "../errors.ts";
import { hostLimits } from "../host.ts";
import type { Json } from "../json.ts";
import { parseExact, stringifyExact } from "../schema/exact-json.ts";
import { decodeState } from "../schema/state.ts";
import type { SchemaStep } from "../schema/steps.ts";
import type { TableSchema } from "../schema/types.ts";
import type { Trace } from "../trace/trace.ts";
import { RUNLET_VERSION } from "../version.ts";
import { sha256 } from "./digest.ts";
import { failpoint } from "./failpoints.ts";
import {
  type Manifest,
  PACKAGE_FORMAT,
  type PackageFile,
  type PackageSchema,
  type PackageTable,
  type PackageTarget,
  printManifest,
} from "./manifest.ts";
import type { Storage } from "./storage.ts";

export interface PackageFacts {
  target: PackageTarget;
  pipeline: string;
  loadId: string;
  /** Bytes of segments, at most. */
  maxBytes: number;
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

/** Bytes of segments that may be on their way to the storage while the run goes on. */
const UNDERWAY_BYTES = 48 * 1024 * 1024;

/** Writes the package of one load while it runs: segments as they come, beside the destination, then the documents, and
 *  last the sealed manifest, which makes it one that can be loaded again. */
export class PackageWriter {
  readonly #storage: Storage;
  readonly #facts: PackageFacts;
  readonly #manifest: Manifest;
  readonly #tables = new Map<string, { schema: TableSchema; write: WriteDisposition }>();
  readonly #widened: PackageSchema["widened"] = [];
  readonly #merges: MergePlan[] = [];
  readonly #altered: SchemaStep[] = [];
  // Without a prototype: a table may be called `constructor`.
  readonly #contents = Object.create(null) as Record<string, PackageTable>;
  readonly #underway = new Set<Promise<void>>();
  #underwayBytes = 0;
  #bytes = 0;
  #segments = 0;
  #sealing = false;
  #failure: { error: unknown } | undefined;

  constructor(storage: Storage, facts: PackageFacts) {
    this.#storage = storage;
    this.#facts = facts;
    this.#manifest = {
      package: PACKAGE_FORMAT,
      runlet: RUNLET_VERSION,
      status: "extracting",
      pipeline: facts.pipeline,
      ...facts.target,
      loadId: facts.loadId,
      created: new Date(facts.now()).toISOString(),
    };
  }

  get loadId(): string {
    return this.#facts.loadId;
  }

  /** Makes the package known, so that a run after a crash can tell whose it was. */
  async create(): Promise<void> {
    failpoint("package.create.before");
    await this.#write("manifest.json", text(printManifest(this.#manifest)), true);
    failpoint("package.create.after");
  }

  prepared(schema: TableSchema, write: WriteDisposition): void {
    const known = this.#tables.get(schema.name);
    // Later calls add columns; whether old rows go is said by the first.
    this.#tables.set(schema.name, { schema, write: known?.write ?? write });
    this.#contents[schema.name] ??= { write, rows: 0, bytes: 0, segments: [] };
  }

  widened(table: string, base: string, variant: string): void {
    this.#widened.push({ table, base, variant });
  }

  altered(steps: readonly SchemaStep[]): void {
    this.#altered.push(...steps);
  }

  merged(plan: MergePlan): void {
    this.#merges.push(plan);
  }

  /** Starts to write a segment; {@link room} waits. The bytes must stay as they are.
   *  @throws RunletError LIMIT_PACKAGE */
  segment(table: string, stream: Uint8Array): void {
    failpoint("package.segment.before");
    this.#bytes += stream.byteLength;
    if (this.#bytes > this.#facts.maxBytes) {
      throw new RunletError(
        "LIMIT_PACKAGE",
        `load package ${this.loadId} would be larger than ${this.#facts.maxBytes} bytes`,
        {
          where: { table },
          hint: "nothing loaded · load in smaller parts (limit, only), or raise packages.maxBytes or RUNLET_PACKAGE_BYTES",
        },
      );
    }
    // Names of tables may be longer than those of files; the number tells them apart.
    const file = `${table.replace(/[^\w-]/g, "_").slice(0, 100)}.${++this.#segments}.arrow`;
    const entry = { file, rows: describeStream(stream).rows, bytes: stream.byteLength, sha256: "" };
    const content = this.#contents[table]!;
    content.segments.push(entry);
    content.rows += entry.rows;
    content.bytes += entry.bytes;
    this.#underwayBytes += stream.byteLength;
    const work = Promise.all([sha256(stream), this.#write(file, stream, true)])
      .then(
        ([digest]) => void (entry.sha256 = digest),
        (error: unknown) => void (this.#failure ??= { error }),
      )
      .finally(() => {
        this.#underwayBytes -= stream.byteLength;
        this.#underway.delete(work);
      });
    this.#underway.add(work);
    failpoint("package.segment.after");
  }

  /** Waits until more may be written. @throws what a segment failed with */
  async room(bytes = hostLimits().segmentBytes ?? UNDERWAY_BYTES): Promise<void> {
    while (this.#underwayBytes > bytes) await Promise.race(this.#underway);
    if (this.#failure) throw this.#failure.error;
  }

  /** Waits for the segments and writes the documents and the manifest. After this the load can be done from the package
   *  alone. */
  async seal(facts: CommitFacts): Promise<void> {
    await Promise.all(this.#underway);
    await this.room();
    failpoint("package.state.before");
    const schema: PackageSchema = {
      document: facts.schema,
      engineVersion: facts.engineVersion,
      insertedAt: facts.insertedAt,
      basedOn: facts.basedOn ?? {},
      tables: [...this.#tables.values()],
      widened: this.#widened,
      ...(this.#merges.length ? { merges: this.#merges } : {}),
      ...(this.#altered.length ? { altered: this.#altered } : {}),
    };
    const state = facts.state && {
      row: facts.state,
      content: (await decodeState(facts.state.encoded)) as Json,
    };
    const [schemaFile, stateFile] = await Promise.all([
      this.#document("schema.json", schema),
      state && this.#document("state.json", state),
    ]);
    failpoint("package.state.after");
    Object.assign(this.#manifest, {
      status: "sealed",
      sealed: new Date(this.#facts.now()).toISOString(),
      schema: {
        name: facts.schemaName,
        version: facts.schemaVersion,
        versionHash: facts.schemaVersionHash,
        ...schemaFile,
      },
      ...(state && stateFile
        ? { state: { version: state.row.version, versionHash: state.row.versionHash, ...stateFile } }
        : {}),
      tables: this.#contents,
    } satisfies Partial<Manifest>);
    failpoint("package.seal.before");
    this.#sealing = true;
    await this.#write("manifest.json", text(printManifest(this.#manifest)), false);
    failpoint("package.seal.after");
  }

  /** After the load: takes the package away, or notes in it that it is loaded, and how (`trace.json`). */
  async done(keep: boolean, trace: Trace): Promise<void> {
    if (keep) {
      await this.#write("trace.json", text(`${JSON.stringify(trace, undefined, 2)}\n`), true);
      Object.assign(this.#manifest, { status: "loaded", loaded: new Date(this.#facts.now()).toISOString() });
      await this.#write("manifest.json", text(printManifest(this.#manifest)), false);
    } else await this.discard();
  }

  /** After a failed run. A sealed package stays where the load may succeed another time; also when nobody knows whether
   *  it has, as with a connection lost during the commit. */
  async abandon(error: unknown): Promise<void> {
    const final =
      error instanceof RunletError &&
      (!error.retry || error.code === "CANCELLED" || error.code === "CONCURRENT_RUN");
    if (final || !this.#sealing) await this.discard();
  }

  /** Takes the package away, whatever is of it. */
  async discard(): Promise<void> {
    await Promise.all(this.#underway);
    failpoint("package.remove.before");
    await this.#storage.remove(this.loadId);
    failpoint("package.remove.after");
  }

  async #document(file: string, content: unknown): Promise<PackageFile> {
    const compact = stringifyExact(content);
    // Indented for people, unless that would round a number.
    const exact = stringifyExact(parseExact(compact, file)) === stringifyExact(JSON.parse(compact));
    const bytes = text(exact ? `${JSON.stringify(JSON.parse(compact), undefined, 2)}\n` : `${compact}\n`);
    await this.#write(file, bytes, true);
    return { file, bytes: bytes.byteLength, sha256: await sha256(bytes) };
  }

  #write(file: string, bytes: Uint8Array, later: boolean): Promise<void> {
    return this.#storage.write(`${this.loadId}/${file}`, bytes, { later });
  }
}

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}
