import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { api } from "./server-api.ts";

const NONCE = "Y29uZm9ybQ";
const TYPES: Record<string, string> = { ".js": "text/javascript", ".wasm": "application/wasm" };

export interface SuiteServer {
  readonly origin: string;
  /** Paths that pages asked for, in order. */
  readonly asked: string[];
  close(): void;
}

/** The API that the cases read (below `/api`), and the app's files as pages: `/name.html` runs `/name.js`, under a
 *  policy as strict as the engine permits. */
export async function serveSuite(app: string, imports: Record<string, string>): Promise<SuiteServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url!, "http://127.0.0.1");
    if (url.pathname.startsWith("/api/")) return api(url, request, response);
    asked.push(url.pathname);
    void answer(app, url.pathname, imports, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function answer(
  app: string,
  path: string,
  imports: Record<string, string>,
  _request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const policy = [
    "default-src 'none'",
    `script-src 'self' 'nonce-${NONCE}' 'wasm-unsafe-eval'`,
    "connect-src 'self'",
    "worker-src 'self'",
  ].join("; ");
  if (extname(path) === ".html") {
    response.writeHead(200, { "content-type": "text/html", "content-security-policy": policy });
    response.end(
      `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">` +
        `<script type="importmap" nonce="${NONCE}">${JSON.stringify({ imports })}</script>` +
        `<script type="module" src="${path.replace(/html$/, "js")}"></script>`,
    );
    return;
  }
  const body = await readFile(join(app, path)).catch(() => undefined);
  // A worker has the policy of its own script.
  const headers = { "content-type": TYPES[extname(path)] ?? "text/plain", "content-security-policy": policy };
  response.writeHead(body ? 200 : 404, headers).end(body);
}
