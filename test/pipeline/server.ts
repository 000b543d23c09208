import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "vitest";

/** A request as the server saw it. */
export interface Seen {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: IncomingMessage["headers"];
  body: string;
}

export interface TestServer {
  readonly url: string;
  /** All requests so far, in order. */
  readonly seen: Seen[];
}

export type Handler = (request: Seen, response: ServerResponse, server: TestServer) => unknown;

/** A real HTTP server on a free port, closed after the tests of the file. What a handler returns is sent as JSON. */
export async function serve(handler: Handler): Promise<TestServer> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url!, "http://x");
    let body = "";
    for await (const chunk of request) body += chunk;
    const one: Seen = {
      method: request.method!,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      body,
    };
    seen.push(one);
    const answer = handler(one, response, handle);
    if (answer === undefined) return;
    if (!response.hasHeader("content-type")) response.setHeader("content-type", "application/json");
    response.end(typeof answer === "string" ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const handle: TestServer = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return handle;
}
