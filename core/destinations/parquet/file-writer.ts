import { hostLimits } from "../../host.ts";
import type { ParquetLibrary } from "./library.ts";

type RecordBatch = ReturnType<ReturnType<ParquetLibrary["Table"]["fromIPCStream"]>["recordBatches"]>[number];

/** Rows of a row group, and of what is encoded at once. */
const ROWS = 50_000;
/** Bytes of a row group, encoded: until it ends, the library holds it. */
const ROW_GROUP_BYTES = 8 * 1024 * 1024;
/** zstd makes files a sixth smaller than Snappy, and holds 0.1 MB per column of a file that is being written. */
export type Codec = "ZSTD" | "SNAPPY";

const UNIQUE = ["_dlt_id", "_dlt_parent_id"];

/** Writes one Parquet file: row groups of {@link ROWS} rows, compressed by zstd, or by snappy where
 *  memory is little. What is added is encoded and compressed at once; only
 *  that is held until the file is finished. */
export class FileWriter {
  /** Of Arrow, added until now. */
  bytes = 0;
  rows = 0;
  readonly #library: ParquetLibrary;
  readonly #codec: Codec;
  readonly #parts: Uint8Array[] = [];
  #feed: ReadableStreamDefaultController<RecordBatch> | undefined;
  #wanted: () => void = () => undefined;
  #want: Promise<void>;
  readonly #done: Promise<void>;

  constructor(library: ParquetLibrary, codec: Codec = "ZSTD") {
    this.#library = library;
    this.#codec = codec;
    this.#want = new Promise((resolve) => (this.#wanted = resolve));
    const batches = new ReadableStream<RecordBatch>(
      {
        start: (controller) => void (this.#feed = controller),
        pull: () => this.#wanted(),
      },
      { highWaterMark: 0 },
    );
    this.#done = this.#collect(batches);
    // It is awaited wherever more is added; until then a failure is nobody's.
    this.#done.catch(() => undefined);
  }

  async #collect(batches: ReadableStream<RecordBatch>): Promise<void> {
    const file = await this.#library.transformParquetStream(
      batches,
      writerProperties(this.#library, this.#codec),
    );
    const reader = (file as ReadableStream<Uint8Array>).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) this.#parts.push(part.value);
  }

  /** Adds a complete Arrow IPC stream; all of a file have the same schema. */
  async add(stream: Uint8Array): Promise<void> {
    const table = this.#library.Table.fromIPCStream(stream);
    try {
      for (const batch of table.recordBatches()) {
        this.rows += batch.numRows;
        if (batch.numRows <= ROWS) {
          await this.#push(batch);
          continue;
        }
        for (let from = 0; from < batch.numRows; from += ROWS)
          await this.#push(batch.slice(from, Math.min(ROWS, batch.numRows - from)));
        batch.free();
      }
    } finally {
      table.free();
    }
    this.bytes += stream.byteLength;
  }

  async #push(batch: RecordBatch): Promise<void> {
    // Empty batches may not count as data.
    if (batch.numRows === 0) return batch.free();
    await Promise.race([this.#want, this.#done]);
    this.#want = new Promise((resolve) => (this.#wanted = resolve));
    this.#feed!.enqueue(batch);
  }

  /** The file. The writer is spent. */
  async finish(): Promise<Uint8Array> {
    this.#feed!.close();
    await this.#done;
    if (this.#parts.length === 1) return this.#parts[0]!;
    const file = new Uint8Array(this.#parts.reduce((sum, part) => sum + part.byteLength, 0));
    let at = 0;
    for (const part of this.#parts.splice(0)) {
      file.set(part, at);
      at += part.byteLength;
    }
    return file;
  }

  /** Lets go of what was added. */
  async abandon(): Promise<void> {
    try {
      this.#feed!.close();
      await this.#done;
    } catch {
      // It is not wanted any more.
    }
    this.#parts.length = 0;
  }
}

/** A writer takes its properties with it. zstd takes some 80 KB of the library's memory per column, which is never given
 *  back: on hosts with little memory a table of some hundred columns would fill it, and the library then never answers
 *  (test/workers/memory.test.ts). Snappy takes next to none. */
export function writerProperties(
  library: ParquetLibrary,
  codec: Codec = "ZSTD",
): ReturnType<InstanceType<ParquetLibrary["WriterPropertiesBuilder"]>["build"]> {
  let properties = new library.WriterPropertiesBuilder()
    .setCompression(hostLimits().memoryBytes ? library.Compression.SNAPPY : library.Compression[codec])
    .setMaxRowGroupSize(ROWS)
    .setMaxRowGroupBytes(ROW_GROUP_BYTES)
    .setCreatedBy("runlet");
  // No two values are the same: a dictionary of them would be made in vain.
  for (const column of UNIQUE) properties = properties.setColumnDictionaryEnabled(column, false);
  return properties.build();
}
