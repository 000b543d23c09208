// A small API to practise on: GitHub issues in pages of 30, the next page in a Link header, a bearer token asked for.
//
//   node examples/http-api/server.mjs        listens on http://127.0.0.1:8787, the token is "demo"
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

const PAGE = 30;
const TOKEN = "demo";
const issues = JSON.parse(
  gunzipSync(readFileSync(new URL("../data/github-issues.json.gz", import.meta.url))),
);

/** Answers with JSON: `/issues?page=n`, and `/issues/<number>/labels`. */
function answer(request, response) {
  const url = new URL(request.url, `http://${request.headers.host}`);
  const send = (status, body) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  if (request.headers.authorization !== `Bearer ${TOKEN}`) return send(401, { message: "Bad credentials" });
  const number = /^\/issues\/(\d+)\/labels$/.exec(url.pathname)?.[1];
  if (number) return send(200, issues.find((issue) => issue.number === Number(number))?.labels ?? []);
  if (url.pathname !== "/issues") return send(404, { message: "Not Found" });
  const page = Number(url.searchParams.get("page") ?? 1);
  if (page * PAGE < issues.length) {
    const next = new URL(url);
    next.searchParams.set("page", String(page + 1));
    response.setHeader("link", `<${next}>; rel="next"`);
  }
  send(200, issues.slice((page - 1) * PAGE, page * PAGE));
}

/** Listens on a port of this machine; 0 takes a free one. */
export function listen(port) {
  const server = createServer(answer);
  return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(server)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const server = await listen(8787);
  console.log(`http://127.0.0.1:${server.address().port}/issues  token: ${TOKEN}`);
}
