import { RunletError } from "../../errors.ts";
import type { OpenFolder } from "../../folders/folder.ts";
import { describeStream } from "../../arrow/ipc-schema.ts";
import { FileWriter } from "./file-writer.ts";
import { type Folding, foldStream } from "./folding.ts";
import type { ParquetLibrary } from "./library.ts";
import type { DataFile } from "./snapshot.ts";

/** Writes files of a load anew, one after the other, with a variant folded into its base column. Returns the table's
 *  files then; undefined, nothing changed, where a value would not stay exact. `name` makes names for new files. */
export async function foldFiles(
  { library, folder }: { library: ParquetLibrary; folder: OpenFolder },
  files: readonly DataFile[],
  folding: Folding,
  name: () => string,
): Promise<DataFile[] | undefined> {
  const folded: DataFile[] = [];
  for (const file of files) {
    const bytes = await folder.get(file.name);
    if (!bytes)
      throw new RunletError("DESTINATION_FAILED", `${file.name} was taken away before its commit`, {
        hint: "nothing was loaded: run again",
      });
    const stream = library.readParquet(bytes, { batchSize: 50_000 }).intoIPCStream();
    const names = describeStream(stream).fields.map((field) => field.name);
    if (!names.includes(folding.base.name) && !names.includes(folding.variant.name)) {
      folded.push(file);
      continue;
    }
    const changed = foldStream(stream, folding);
    if (!changed) {
      for (const made of folded) if (!files.includes(made)) await folder.remove(made.name);
      return undefined;
    }
    const writer = new FileWriter(library);
    await writer.add(changed);
    const written = await writer.finish();
    const made: DataFile = { name: name(), rows: writer.rows, bytes: written.byteLength };
    await folder.put(made.name, written);
    folded.push(made);
  }
  return folded;
}
