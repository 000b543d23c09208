// Browsers, main thread and workers alike, and every other place with the Web's own interfaces.
// A content security policy needs script-src 'wasm-unsafe-eval', worker-src 'self' for workers, and for DuckDB
// connect-src 'self'.
import { installHost } from "../core/index.ts";
import { browserHost } from "./host.ts";

installHost(browserHost);

export * from "../core/index.ts";
