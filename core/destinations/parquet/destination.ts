import { RunletError } from "../../errors.ts";
import type { Folder } from "../../folders/folder.ts";
import { host } from "../../host.ts";
import type { Capabilities, Destination } from "../contract.ts";
import { parquetLibrary } from "./library.ts";
import type { ParquetModule } from "./parquet-module.ts";

export interface ParquetOptions {
  /** Arrow bytes that become one file. Default: 64 MiB, on hosts with little memory 8 MiB; a file has about a fifth. */
  fileBytes?: number;
  /** The file `parquet_wasm_bg.wasm` of parquet-wasm: compiled, as bytes, or its address. Node, Deno and Bun find it by
   *  themselves, and so do browsers where the bundler leaves it beside the JavaScript. */
  module?: ParquetModule;
}

const CAPABILITIES: Capabilities = {
  maxIdentifierLength: 65_536,
  atomicity: "package",
  dispositions: ["append", "replace"],
  // Files never change: columns in them keep their names and types.
  alters: ["drop-table", "create-table", "add-column", "type-column", "relax-column"],
  preferredStreamBytes: 8 * 1024 * 1024,
};
const FILE_BYTES = 64 * 1024 * 1024;
const SMALL_FILE_BYTES = 8 * 1024 * 1024;

/** Parquet files in a folder or bucket: `parquet(disk("lake"))`, `parquet(s3("s3://bucket/prefix"))`,
 *  `parquet(r2("LAKE"))`. The dataset is a folder in it, laid out as dlt's filesystem destination does. */
export function parquet(folder: Folder, options: ParquetOptions = {}): Destination {
  if (typeof (folder as Partial<Folder> | undefined)?.open !== "function") {
    throw new RunletError("PIPELINE_INVALID", "parquet() needs a folder", {
      hint: 'give one: parquet(disk("lake")), parquet(s3("s3://bucket/prefix")) or parquet(r2("BINDING"))',
    });
  }
  if (options.fileBytes !== undefined && !(options.fileBytes > 0)) {
    throw new RunletError("PIPELINE_INVALID", `fileBytes of parquet() is ${options.fileBytes}`, {
      hint: "it is a number of bytes, such as 64 * 1024 * 1024",
    });
  }
  return {
    kind: "parquet",
    address: `parquet:${folder.at}`,
    capabilities: CAPABILITIES,
    dltType: "dlt.destinations.filesystem",
    ...(folder.relative ? { relative: true } : {}),
    async open({ dataset, resolve, binding, conceal, signal, existing }) {
      const { limits, log } = host();
      const [{ ParquetSession }, library, opened] = await Promise.all([
        import("./session.ts"),
        parquetLibrary(options.module),
        folder.open({ resolve, binding, conceal, signal, existing }),
      ]);
      return new ParquetSession({
        folder: opened,
        library,
        dataset,
        fileBytes: options.fileBytes ?? (limits?.streamBytes ? SMALL_FILE_BYTES : FILE_BYTES),
        signal,
        now: () => host().now(),
        log: (line) => log?.(line),
        random: (into) => host().random(into),
      });
    },
  };
}
