import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";

const TOKEN = "conformance-4711";

type Answer = (url: URL, response: ServerResponse, request: IncomingMessage) => void;

const json = (response: ServerResponse, value: unknown, headers: Record<string, string> = {}, status = 200) =>
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));

const items = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from) }, (_, at) => ({
    id: from + at,
    title: `#${from + at}`,
    labels: (from + at) % 2 ? ["bug", { name: "x" }] : [],
  }));

/** How often each address was asked that counts. */
const counted = new Map<string, number>();

const ANSWERS: Record<string, Answer> = {
  /** Two pages joined by a Link header. */
  "/issues": (url, response) => {
    const second = url.searchParams.get("page") === "2";
    const link = { link: '</api/issues?page=2>; rel="next", </api/issues>; rel="first"' };
    json(response, { data: { items: second ? items(4, 8) : items(1, 4), total: 7 } }, second ? {} : link);
  },
  /** Three pages of two, the cursor a large integer. */
  "/cursor": (url, response) => {
    const base = 9007199254740993n;
    const at = Number(BigInt(url.searchParams.get("after") ?? base) - base);
    const next = at < 4 ? `${base + BigInt(at + 2)}` : "null";
    const body = `{"items":${JSON.stringify(items(at, at + 2))},"meta":{"next":${next},"size":${url.searchParams.get("size")}}}`;
    response.writeHead(200, { "content-type": "application/json" }).end(body);
  },
  "/numbered": (url, response) => {
    const page = Number(url.searchParams.get("page") ?? 1);
    json(response, page < 4 ? items(page * 2, page * 2 + 2) : []);
  },
  "/offset": (url, response) => {
    const skip = Number(url.searchParams.get("skip"));
    json(response, items(skip, Math.min(8, skip + Number(url.searchParams.get("limit")))));
  },
  "/next": (url, response) => {
    const page = Number(url.searchParams.get("p") ?? 1);
    json(response, { results: items(page, page + 1), next: page < 3 ? `/api/next?p=${page + 1}` : null });
  },
  /** Says what it was given, as careless servers do. */
  "/secure": (_, response, { headers: { authorization } }) => {
    if (authorization === `Bearer ${TOKEN}`) json(response, [{ welcome: true }]);
    else json(response, { message: `no such token: ${authorization}` }, {}, 401);
  },
  "/packed": (_, response) => {
    response.writeHead(200, { "content-type": "application/gzip" }).end(gzipSync('{"a":1}\n{"a":2}\n'));
  },
  "/encoded": (_, response) => {
    const headers = { "content-type": "application/json", "content-encoding": "gzip" };
    response.writeHead(200, headers).end(gzipSync('[{"a":"é"}]'));
  },
  "/parsed": (_, response) => {
    response.writeHead(200).end('{"big":9007199254740993,"small":1,"text":"x","half":0.5,"none":null}');
  },
  "/page": (_, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Sign in</title>");
  },
  "/bad-second": (url, response) => {
    const second = url.searchParams.has("page");
    const link = second ? {} : { link: '</api/bad-second?page=2>; rel="next"' };
    response.writeHead(200, { "content-type": "application/json", ...link });
    response.end(second ? '[{"a":2},\n {"a":oops}]' : '[{"a":1}]');
  },
  "/teapot": (_, response) => json(response, { error: "short and stout" }, {}, 418),
  "/broken": (_, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
    response.write('[{"a":1},');
    setTimeout(() => response.destroy(), 20);
  },
};

export function api(url: URL, request: IncomingMessage, response: ServerResponse): void {
  const path = url.pathname.slice("/api".length);
  const comments = /^\/issues\/(\d+)\/comments$/.exec(path);
  if (comments) {
    const id = Number(comments[1]);
    const list = Array.from({ length: id % 3 }, (_, at) => ({ body: `${id}/${at}`, likes: at / 4 }));
    // Later ones answer sooner: the order of rows is the parents', not that of the answers.
    setTimeout(() => json(response, list), 40 - 6 * (id % 7));
  } else if (path.startsWith("/flaky/")) {
    const times = (counted.get(path) ?? 0) + 1;
    counted.set(path, times);
    if (times < 3) response.writeHead(503).end();
    else json(response, [{ times }]);
  } else {
    const answer = ANSWERS[path];
    if (answer) answer(url, response, request);
    else json(response, { message: "Not Found" }, {}, 404);
  }
}
