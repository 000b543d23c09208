// Where the bundler's user has copied duckdb-wasm's files to.
import { configureDuckDB } from "runlet/browser";
configureDuckDB({
  files: { mainModule: "/bundled/duckdb-eh.wasm", mainWorker: "/bundled/duckdb-browser-eh.worker.js" },
});
