import { EventEmitter } from "node:events";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { transform } from "esbuild";

const NONCE = "cGFnZQ";
const TYPES: Record<string, string> = {
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
  ".html": "text/html",
};

/** What a person writes into a page that has no bundler. */
export const IMPORT_MAP = {
  imports: {
    runlet: "/dist/host-browser/index.js",
    "runlet/browser": "/dist/host-browser/extras.js",
    "runlet/duckdb": "/dist/host-browser/duckdb/entry.js",
    ky: "/node_modules/ky/distribution/index.js",
    "@noble/hashes/": "/node_modules/@noble/hashes/",
    "@duckdb/duckdb-wasm/": "/node_modules/@duckdb/duckdb-wasm/",
  },
};

/** As strict as WebAssembly and workers permit: no inline script but the import map, no eval, no blob: workers. */
export const POLICY =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'";

export interface PageServer {
  readonly origin: string;
  /** Paths that were asked for, in order. */
  readonly asked: string[];
  /** Emits each path as it is asked for. */
  readonly events: EventEmitter;
  close(): void;
}

export interface PageServerOptions {
  /** Folders that are looked in for a path, in order. */
  folders: readonly string[];
  /** What the server makes up, by path. */
  answers?: Record<string, (request: IncomingMessage, response: ServerResponse) => void>;
  importMap?: object;
}

/** Serves files under {@link POLICY}; TypeScript without its types. `/blank.html` is an empty page with the import map. */
export async function servePages(options: PageServerOptions): Promise<PageServer> {
  const asked: string[] = [];
  const events = new EventEmitter();
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url!, "http://127.0.0.1").pathname);
    asked.push(path);
    events.emit(path);
    response.setHeader(
      "content-security-policy",
      POLICY.replace("script-src", `script-src 'nonce-${NONCE}'`),
    );
    // A page that is to stop here waits for an answer.
    if (path.startsWith("/reached/")) return;
    const answer = options.answers?.[path];
    if (answer) return answer(request, response);
    if (path === "/blank.html") return blank(response, options.importMap ?? IMPORT_MAP);
    for (const folder of options.folders) {
      const file = join(folder, path);
      const found = await stat(file).catch(() => undefined);
      if (!found?.isFile()) continue;
      if (extname(path) === ".ts") {
        const { code } = await transform(await readFile(file, "utf8"), { loader: "ts", target: "es2022" });
        return void response.writeHead(200, { "content-type": "text/javascript" }).end(code);
      }
      response.writeHead(200, {
        "content-type": TYPES[extname(path)] ?? "application/octet-stream",
        "content-length": found.size,
      });
      if (request.method === "HEAD") return void response.end();
      return void createReadStream(file).pipe(response);
    }
    response.writeHead(404, { "content-type": "text/plain" }).end("not found");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    events,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function blank(response: ServerResponse, importMap: object): void {
  response.writeHead(200, { "content-type": "text/html" });
  response.end(
    `<!doctype html><meta charset="utf-8"><title>runlet</title>` +
      `<script type="importmap" nonce="${NONCE}">${JSON.stringify(importMap)}</script>`,
  );
}
