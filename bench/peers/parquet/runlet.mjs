import { join } from "node:path";
import { runletLoad } from "../runlet-load.mjs";

export const title = "runlet, Parquet files";

export const open = (input) =>
  runletLoad(input, async (folder) => {
    const { disk, parquet } = await import("../../../dist/node/parquet.js");
    const file = join(folder, "lake");
    return { destination: parquet(disk(file)), file };
  });
