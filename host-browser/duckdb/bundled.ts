/** Beside this module, where it is not: also what a server that packs dependencies makes of it (Vite's, in development,
 *  but for those that `optimizeDeps.exclude` names). */
const UNTOUCHED = /(?<!node_modules)\/@duckdb\/duckdb-wasm\/dist\/duckdb-eh\.wasm$/;

/** Where a bundler has put duckdb-wasm's files: it replaces these two expressions by the URLs of copies it makes.
 *  Elsewhere they stay as they are, and this is undefined. */
export function bundledFiles(): { mainModule: string; mainWorker: string } | undefined {
  try {
    const mainModule = new URL("@duckdb/duckdb-wasm/dist/duckdb-eh.wasm", import.meta.url).href;
    const mainWorker = new URL("@duckdb/duckdb-wasm/dist/duckdb-browser-eh.worker.js", import.meta.url).href;
    return UNTOUCHED.test(mainModule) ? undefined : { mainModule, mainWorker };
  } catch {
    // A classic script has no URL of its own.
    return undefined;
  }
}
