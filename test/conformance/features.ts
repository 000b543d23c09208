import { STORES, type Feature } from "./case.ts";

/** A runtime of the suite. Each runs all engine vectors and all pipeline cases that need no feature. */
export interface RuntimeFacts {
  name: string;
  /** As people call it. */
  title: string;
  /** The module of the package that `import … from "runlet"` is there; absent where it cannot be asked. */
  entry?: string;
  /** What it has besides. */
  offers: readonly Feature[];
  /** Of it, what is left to the long run of the tests (`RUNLET_FULL`): between its neighbours it has shown nothing new. */
  atLength?: readonly Feature[];
}

const everything = ["env", "files", ...STORES] as const;
const inBrowsers = ["duckdb-wasm", "parquet"] as const;
const between = { atLength: ["duckdb-wasm", "parquet", "postgres"] } as const;
const node = { entry: "node/index.js", offers: everything };

export const RUNTIMES = [
  { name: "node-20", title: "Node 20", ...node },
  { name: "node-22", title: "Node 22", ...node, ...between },
  { name: "node-24", title: "Node 24", ...node, ...between },
  { name: "node-26", title: "Node 26", ...node },
  { name: "bun", title: "Bun", ...node },
  { name: "deno", title: "Deno", entry: "node/deno.js", offers: everything },
  { name: "chromium-page", title: "Chromium, page", offers: inBrowsers },
  { name: "chromium-import-map", title: "Chromium, no bundler", offers: inBrowsers },
  { name: "chromium-worker", title: "Chromium, Web Worker", offers: inBrowsers },
  { name: "workerd", title: "workerd", offers: ["parquet", "postgres"] },
] as const satisfies RuntimeFacts[];

/** The engine's other forms, and what runs them: test/component gives all vectors to each. */
export const OTHER_FORMS = {
  "component-jco": "Component: jco in Node",
  "component-wasmtime": "Component: Wasmtime",
  "command-javascript": "WASI command: Node, Bun, Deno, Chromium",
  "command-wasmtime": "WASI command: Wasmtime",
} as const;

export type RuntimeName = (typeof RUNTIMES)[number]["name"];

/** What is known to fail, with the reason: `bun: { "case http/answers": "…" }`. An entry that passes is a failure. */
export const KNOWN_FAILING: Partial<Record<RuntimeName, Record<string, string>>> = {};
