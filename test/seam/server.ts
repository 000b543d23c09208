import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

const NONCE = "c2VhbQ";
const TYPES: Record<string, string> = { ".js": "text/javascript", ".wasm": "application/wasm" };

/** What a person writes into a page that has no bundler. */
const IMPORT_MAP = {
  imports: {
    runlet: "/dist/host-browser/index.js",
    ky: "/node_modules/ky/distribution/index.js",
    "@noble/hashes/": "/node_modules/@noble/hashes/",
  },
};

export interface SeamServer {
  readonly origin: string;
  /** Paths that pages asked for, in order. */
  readonly asked: string[];
  close(): void;
}

/** The API that the pipeline reads (`/api`), and the pages: files of the app, then of the repository. */
export async function serveSeam(app: string, repository: string): Promise<SeamServer> {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url!, "http://127.0.0.1");
    if (url.pathname.startsWith("/api/")) {
      return api(url, request.headers.authorization, response);
    }
    asked.push(url.pathname);
    if (extname(url.pathname) === ".html") return page(url.pathname, response);
    const read = async (folder: string) => readFile(join(folder, url.pathname));
    const body = await read(app)
      .catch(() => read(repository))
      .catch(() => undefined);
    response.writeHead(body ? 200 : 404, { "content-type": TYPES[extname(url.pathname)] ?? "text/plain" });
    response.end(body);
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

/** Two pages of issues joined by a Link header, and the comments of each; only with the token. */
function api(url: URL, authorization: string | undefined, response: ServerResponse): void {
  const comments = /^\/api\/issues\/(\d+)\/comments$/.exec(url.pathname);
  if (authorization !== "Bearer seam-4711") {
    response.writeHead(401).end('{"message":"Bad credentials"}');
  } else if (comments) {
    const id = Number(comments[1]);
    const list = Array.from({ length: id % 3 }, (_, at) => ({ body: `${id}/${at}`, likes: at / 4 }));
    // Later ones answer sooner: the order of rows is the parents', not that of the answers.
    setTimeout(() => response.writeHead(200).end(JSON.stringify(list)), 40 - 6 * (id % 7));
  } else {
    const second = url.searchParams.get("page") === "2";
    const ids = second ? [4, 5, 6, 7] : [1, 2, 3];
    const items = ids.map((id) => ({ id, title: `#${id}`, labels: id % 2 ? ["bug", { name: "x" }] : [] }));
    response.writeHead(
      200,
      second ? {} : { link: '</api/issues?page=2>; rel="next", </api/issues>; rel="first"' },
    );
    response.end(JSON.stringify({ data: { items, total: 7 } }));
  }
}

/** `/name.html` runs `/name.js`, under a policy as strict as the engine permits. */
function page(path: string, response: ServerResponse): void {
  const policy = [
    "default-src 'none'",
    `script-src 'self' 'nonce-${NONCE}' 'wasm-unsafe-eval'`,
    "connect-src 'self'",
    "worker-src 'self'",
  ];
  response.writeHead(200, { "content-type": "text/html", "content-security-policy": policy.join("; ") });
  response.end(
    `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">` +
      `<script type="importmap" nonce="${NONCE}">${JSON.stringify(IMPORT_MAP)}</script>` +
      `<script type="module" src="${path.replace(/html$/, "js")}"></script>`,
  );
}
