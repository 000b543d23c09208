import { describeStream } from "../../arrow/ipc-schema.ts";
import { FileWriter, writerProperties } from "./file-writer.ts";
import { parquetLibrary } from "./library.ts";
import type { ParquetModule } from "./parquet-module.ts";

/** A complete Arrow IPC stream as a Parquet file: zstd, row groups of 50,000 rows. `module`: the WebAssembly of
 *  parquet-wasm, where it is not found by itself.
 *  @throws RunletError DRIVER_MISSING, CONFIG_INVALID */
export async function toParquet(
  arrow: Uint8Array,
  { module }: { module?: ParquetModule } = {},
): Promise<Uint8Array> {
  const library = await parquetLibrary(module);
  if (describeStream(arrow).rows === 0)
    return library.writeParquet(library.Table.fromIPCStream(arrow), writerProperties(library));
  const writer = new FileWriter(library);
  try {
    await writer.add(arrow);
  } catch (error) {
    await writer.abandon();
    throw error;
  }
  return writer.finish();
}

/** Bytes of a Parquet file as a complete Arrow IPC stream. Throws the library's error for what is no Parquet file. */
export async function fromParquet(
  file: Uint8Array,
  { module }: { module?: ParquetModule } = {},
): Promise<Uint8Array> {
  const library = await parquetLibrary(module);
  return library.readParquet(file, { batchSize: 50_000 }).intoIPCStream();
}
