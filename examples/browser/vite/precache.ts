import { createHash } from "node:crypto";
import type { Plugin } from "vite";

const LATER = /(duckdb-eh.*|\/parquet_wasm.*|\/core-bytes.*\.js|\.map)$/;

/** Tells the service worker which files the app is made of, and their version. Left out is what is large and not needed by every
 *  visit: it is kept when it has been used. DuckDB the page itself keeps, while it shows how far the download is. */
export function precache(): Plugin {
  return {
    name: "precache",
    apply: "build",
    enforce: "post",
    generateBundle(_, bundle) {
      const worker = bundle["service-worker.js"];
      if (worker?.type !== "chunk") throw new Error("the bundle has no service worker");
      const files = Object.values(bundle).filter(({ fileName }) => fileName !== worker.fileName);
      const hash = createHash("sha256");
      for (const file of files) {
        hash.update(file.fileName);
        hash.update(file.type === "chunk" ? file.code : file.source);
      }
      hash.update(worker.code);
      const names = files.map(({ fileName }) => fileName).filter((name) => !LATER.test(name));
      worker.code = filled(worker.code, "__VERSION__", hash.digest("hex").slice(0, 12));
      worker.code = filled(
        worker.code,
        /["'`]__FILES__["'`]/,
        JSON.stringify(["./", "favicon.svg", ...names.sort()]),
      );
    },
  };
}

function filled(code: string, place: string | RegExp, value: string): string {
  const result = code.replace(place, value);
  if (result === code) throw new Error(`the service worker has no ${String(place)}`);
  return result;
}
