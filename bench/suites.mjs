// What is compared with what: for each suite its peers, in the order of the tables, its inputs and its sizes.
import { ALL_INPUTS, INPUTS, input } from "./inputs.mjs";
import { REAL_INPUTS, realInput } from "./real-inputs.mjs";

/** Name, path and format of an input. */
function described(name, mb) {
  const isReal = REAL_INPUTS.includes(name);
  const path = isReal ? realInput(name, mb) : input(name, mb);
  return { name, path, format: name === "csv" ? "csv" : "ndjson" };
}

const NAMES = [...ALL_INPUTS, ...REAL_INPUTS];

export const SUITES = {
  engine: {
    title: "The engine: bytes to Arrow IPC, one core",
    about:
      "Each approach reads the file and does its work, twice after a warm-up. simdjson holds the file in memory.",
    peers: ["runlet", "json-parse", "shredder", "prototype", "simdjson", "duckdb-auto", "duckdb-schema"],
    base: "runlet",
    mb: { whole: 64, quick: 8 },
    repetitions: 2,
    inputs: { whole: NAMES, quick: ALL_INPUTS },
    make: described,
  },
  load: {
    title: "File to DuckDB file",
    about:
      "All threads that each takes by itself; the database is opened, written and closed, module loading left out. " +
      "Where dlt or the unnested DuckDB make other rows, it says so.",
    peers: [
      ...[
        "runlet-native",
        "runlet-no-packages",
        "prebuilt-native",
        "runlet-wasm",
        "prebuilt-wasm",
        "runlet-null",
      ],
      ...["duckdb-auto", "duckdb-schema", "duckdb-unnest", "dlt", "dlt-arrow", "ingestr", "sling"],
    ],
    base: "runlet-native",
    ratios: [
      [
        "prebuilt-native",
        "runlet-native",
        "native driver: runlet ÷ inserting prebuilt streams (goal ≤ 1.15)",
      ],
      ["prebuilt-wasm", "runlet-wasm", "DuckDB-wasm: runlet ÷ inserting prebuilt streams (goal ≤ 1.15)"],
      ["duckdb-auto", "runlet-native", "runlet ÷ DuckDB alone, structs kept"],
      ["duckdb-unnest", "runlet-native", "runlet ÷ DuckDB alone, unnested (goal ≤ 1)"],
      ["runlet-native", "dlt", "dlt ÷ runlet"],
    ],
    mb: { whole: 64, quick: 8 },
    repetitions: 1,
    inputs: { whole: NAMES, quick: ["issues"] },
    make: described,
  },
  parquet: {
    title: "File to Parquet",
    about: "zstd in all; runlet writes through parquet-wasm.",
    peers: ["runlet", "duckdb", "duckdb-unnest", "dlt"],
    base: "runlet",
    mb: { whole: 32, quick: 4 },
    repetitions: 1,
    inputs: { whole: ALL_INPUTS, quick: ["issues"] },
    make: described,
  },
  http: {
    title: "HTTP pages to DuckDB file",
    about:
      "A server on the loopback, in a process of its own; one request after the other, the next page by Link header.",
    peers: ["runlet-native", "runlet-wasm", "runlet-null", "fetch", "fetch-parse", "dlt"],
    base: "runlet-native",
    mb: { whole: 16, quick: 4 },
    repetitions: 1,
    inputs: { whole: ["10 KB", "50 KB", "100 KB"], quick: ["50 KB"] },
    make: pagesOf,
  },
  pages: {
    title: "Many small bodies",
    about:
      "Lists of issues in memory, in bodies of so many bytes; 4 MB stands for what the bytes alone cost.",
    peers: ["engine", "pipeline", "responses", "resources"],
    base: "engine",
    // A thousand resources at the most: each has three tables, of 4,096.
    mb: { whole: 10, quick: 8 },
    repetitions: 3,
    inputs: { whole: ["10 KB", "50 KB", "100 KB", "4000 KB"], quick: ["10 KB", "4000 KB"] },
    make: pagesOf,
    perPage: true,
  },
  start: {
    title: "Start-up: 1 KB into a DuckDB file",
    about: "Whole processes, from start to exit, ms.",
    peers: ["node", "driver", "runlet"],
    base: "driver",
    mb: { whole: 0.001, quick: 0.001 },
    repetitions: 5,
    warm: true,
    inputs: { whole: ["1 KB"], quick: ["1 KB"] },
    make: () => ({ ...described("issues", 0.001), name: "1 KB" }),
    milliseconds: true,
  },
};

function pagesOf(name, mb) {
  return { ...described(INPUTS[1], mb), name, pageBytes: 1000 * Number.parseInt(name) };
}
