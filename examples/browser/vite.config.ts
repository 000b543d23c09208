import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { developmentPolicy } from "./vite/development-policy.ts";
import { packedDuckDB } from "./vite/packed-duckdb.ts";
import { precache } from "./vite/precache.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const duckdb = packedDuckDB(here("../../build/duckdb"));

export default defineConfig({
  root: here("."),
  // Relative addresses: the folder can be served from anywhere.
  base: "./",
  resolve: {
    alias: [
      { find: /^packed-duckdb(?=\?url$)/, replacement: duckdb.file },
      // The entry for browsers has DuckDB bundled as it is, 36 MB; this app brings it packed, and says so to runlet.
      { find: /^runlet\/duckdb$/, replacement: here("../../dist/core/destinations/duckdb/index.js") },
    ],
  },
  define: { DUCKDB_BYTES: String(duckdb.bytes) },
  assetsInclude: ["**/*.gz"],
  build: {
    outDir: here("../../build/app"),
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1024,
    rollupOptions: {
      input: { app: here("index.html"), "service-worker": here("src/offline/service-worker.ts") },
      output: {
        entryFileNames: ({ name }) => (name === "service-worker" ? "[name].js" : "assets/[name]-[hash].js"),
      },
    },
  },
  plugins: [developmentPolicy(), precache()],
  server: { fs: { allow: [here("../..")] } },
});
