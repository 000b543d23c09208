import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".gz": "application/gzip",
};

export interface AppServer {
  readonly url: string;
  /** What is served; another folder is another version. */
  folder: string;
  /** While it is a promise, DuckDB's bytes wait for it. */
  hold: Promise<void> | undefined;
  close(): void;
}

/** Serves the app's folder as any static server does, below a path. */
export async function serveApp(folder: string, base = "/"): Promise<AppServer> {
  const server = createServer((request, response) => void answer(request, response));
  const served: AppServer = {
    url: "",
    folder,
    hold: undefined,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url!, "http://app");
    const inside = pathname.startsWith(base) ? decodeURIComponent(pathname.slice(base.length)) : "outside";
    const path = inside === "" ? "index.html" : inside;
    const bytes = await readFile(join(served.folder, path)).catch(() => undefined);
    if (!bytes) return void response.writeHead(404).end("nothing is here");
    response.writeHead(200, {
      "content-type": TYPES[extname(path)] ?? "application/octet-stream",
      "content-length": bytes.length,
    });
    if (!path.includes("duckdb-eh-")) return void response.end(bytes);
    // More than half of it comes at once.
    const half = Math.floor(bytes.length * 0.6);
    response.write(bytes.subarray(0, half));
    await served.hold;
    response.end(bytes.subarray(half));
  }
  return Object.assign(served, { url: (await listen(server)) + base.slice(1) });
}

/** A server of another origin, as APIs are; `open` ones let other sites' pages read what they answer. */
export async function serveData(
  files: Record<string, { body: string | Uint8Array; open: boolean; type?: string }>,
): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    const file = files[new URL(request.url!, "http://data").pathname];
    if (!file) return void response.writeHead(404, { "access-control-allow-origin": "*" }).end();
    response
      .writeHead(200, {
        ...(file.open ? { "access-control-allow-origin": "*" } : {}),
        ...(file.type ? { "content-type": file.type } : {}),
      })
      .end(file.body);
  });
  return { url: await listen(server), close: () => (server.closeAllConnections(), server.close()) };
}

async function listen(server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
