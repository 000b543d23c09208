import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";

/** A real file that makes a table. */
export interface RealFile {
  name: string;
  table: string;
  read(): Uint8Array;
}

const OWN = "test/data/inputs";
const SHARED = "../shared/data";

/** The files kept in this repository, and with `RUNLET_FULL=1` those of the shared data beside it. */
export function realFiles(): RealFile[] {
  const own = walk(OWN);
  const shared = process.env.RUNLET_FULL ? walk(SHARED) : [];
  if (process.env.RUNLET_FULL && shared.length === 0)
    console.warn(`${SHARED} is not there: only ${OWN} is compared`);
  const names = new Set(own.map((file) => basename(file)));
  return [...own, ...shared.filter((file) => !names.has(basename(file)))].map((path) => ({
    name: path.replace(/^.*?data\//, ""),
    table: basename(path).replace(/[.-].*$/, ""),
    read: () => {
      const bytes = readFileSync(path);
      return path.endsWith(".gz") ? gunzipSync(bytes) : bytes;
    },
  }));
}

/** `oracles/` holds tests for other things, `ids/` row ids of their own; `LICENCES` and `schemas` hold no records. */
function walk(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.isDirectory()) {
        return ["oracles", "LICENCES", "schemas", "ids"].includes(entry.name)
          ? []
          : walk(join(folder, entry.name));
      }
      return /\.(json|ndjson)(\.gz)?$/.test(entry.name) ? [join(folder, entry.name)] : [];
    });
}
