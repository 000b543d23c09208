import { RunletError } from "../../errors.ts";
import type { OpenFolder } from "../../folders/folder.ts";
import { inParallel } from "./in-parallel.ts";
import { FileWriter } from "./file-writer.ts";
import type { ParquetLibrary } from "./library.ts";
import { hexId } from "./hex-id.ts";
import type { LoadTable } from "./load-table.ts";
import { dataFile, isOfLoad } from "./names.ts";
import type { DataFile } from "./snapshot.ts";

/** Files on their way to the folder at once. */
const AT_ONCE = 4;
/** Files that are being written, times their size: the largest is finished when the sum is more. */
const OPEN_FILES = 4;
/** Columns of files that are being written, all together, that may be compressed with zstd, at 0.1 MB each. */
const ZSTD_COLUMNS = 500;

interface Options {
  lake: { folder: OpenFolder };
  library: ParquetLibrary;
  loadId: string;
  fileBytes: number;
  random(into: Uint8Array): Uint8Array;
}

interface Growing {
  writer: FileWriter;
  /** The columns, as text to compare. */
  schema: string;
  /** Columns that hold memory for zstd. */
  zstd: number;
}

/** The Parquet files of one load: those that grow, those on their way, and those that are stored. */
export class LoadFiles {
  readonly #options: Options;
  readonly #folder: OpenFolder;
  readonly #growing = new Map<LoadTable, Growing>();
  readonly #underway = new Set<Promise<void>>();
  readonly #stored = new Set<string>();
  #failure: { error: unknown } | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#folder = options.lake.folder;
  }

  /** A name for one more file of a table. */
  name(table: LoadTable): string {
    const name = dataFile(table.name, this.#options.loadId, hexId(this.#options.random));
    this.#stored.add(name);
    return name;
  }

  /** Adds a stream to the table's file; the file ends where the columns change, or it is large. */
  async write(
    table: LoadTable,
    stream: Uint8Array,
    { width, schema }: { width: number; schema: string },
  ): Promise<void> {
    if (this.#failure) throw this.#failure.error;
    let growing = this.#growing.get(table);
    if (growing && growing.schema !== schema) {
      await this.#finish(table);
      growing = undefined;
    }
    if (!growing) {
      const held = [...this.#growing.values()].reduce((sum, each) => sum + each.zstd, 0);
      const zstd = held + width <= ZSTD_COLUMNS ? width : 0;
      growing = { writer: new FileWriter(this.#options.library, zstd > 0 ? "ZSTD" : "SNAPPY"), schema, zstd };
      this.#growing.set(table, growing);
    }
    await growing.writer.add(stream).catch((cause: unknown) => unwritable(table, cause));
    const { fileBytes } = this.#options;
    if (growing.writer.bytes >= fileBytes) await this.#finish(table);
    const open = [...this.#growing];
    if (open.reduce((sum, [, { writer }]) => sum + writer.bytes, 0) > OPEN_FILES * fileBytes) {
      const [largest] = open.reduce((a, b) => (b[1].writer.bytes > a[1].writer.bytes ? b : a));
      await this.#finish(largest);
    }
  }

  /** Stores what there is of a table, or of all. */
  async settle(table?: LoadTable): Promise<void> {
    for (const each of table ? [table] : [...this.#growing.keys()]) await this.#finish(each);
    await Promise.all(this.#underway);
    if (this.#failure) throw this.#failure.error;
  }

  async #finish(table: LoadTable): Promise<void> {
    const growing = this.#growing.get(table);
    if (!growing) return;
    this.#growing.delete(table);
    const bytes = await growing.writer.finish().catch((cause: unknown) => unwritable(table, cause));
    const file: DataFile = { name: this.name(table), rows: growing.writer.rows, bytes: bytes.byteLength };
    table.files.push(file);
    while (this.#underway.size >= AT_ONCE) await Promise.race(this.#underway);
    const putting = this.#folder.put(file.name, bytes).then(
      () => void this.#underway.delete(putting),
      (error: unknown) => {
        this.#underway.delete(putting);
        this.#failure ??= { error };
      },
    );
    this.#underway.add(putting);
  }

  /** Takes away files that are no longer the table's. */
  forget(files: readonly DataFile[]): void {
    for (const { name } of files)
      this.#folder.remove(name).then(
        () => this.#stored.delete(name),
        () => undefined,
      );
  }

  /** Undoes all. */
  async removeAll(): Promise<void> {
    for (const { writer } of this.#growing.values()) await writer.abandon();
    this.#growing.clear();
    await Promise.all(this.#underway);
    await inParallel([...this.#stored], AT_ONCE, (name) => this.#folder.remove(name));
  }
}

/** Takes away the files of a load that is not committed. */
export async function sweep(folder: OpenFolder, loadId: string): Promise<void> {
  const left = (await folder.list("")).filter(({ name }) => isOfLoad(name, loadId));
  await inParallel(left, AT_ONCE, ({ name }) => folder.remove(name));
}

/** The library throws text, too. */
function unwritable({ name }: LoadTable, cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw new RunletError("DESTINATION_FAILED", `table ${name} cannot be written as Parquet: ${reason}`, {
    where: { table: name },
    hint: "nothing was loaded: run again; if it stays so, load to another destination",
    cause,
  });
}
