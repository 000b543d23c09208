import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

/** DuckDB's WebAssembly as gzip, made once. Not every server compresses 36 MB of wasm on its way, and the page can say
 *  how much of it is there only where the length is that of the bytes it counts. */
export function packedDuckDB(folder: string): { file: string; bytes: number } {
  const wasm = createRequire(import.meta.url).resolve("@duckdb/duckdb-wasm/dist/duckdb-eh.wasm");
  const { version } = JSON.parse(readFileSync(join(dirname(wasm), "../package.json"), "utf8")) as {
    version: string;
  };
  const file = join(folder, `duckdb-eh-${version}.wasm.gz`);
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    const partial = `${file}.${process.pid}`;
    writeFileSync(partial, gzipSync(readFileSync(wasm), { level: 9 }));
    renameSync(partial, file);
  }
  return { file, bytes: statSync(file).size };
}
