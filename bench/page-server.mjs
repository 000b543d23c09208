// node bench/page-server.mjs <file> <bytes per page>: an API on the loopback. Its pages are lists of the file's records,
// made before the port is printed; each names the next in a Link header.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { bodies } from "./bodies.mjs";

const [, , path, size] = process.argv;
const pages = bodies(readFileSync(path), Number(size));
const server = createServer((request, response) => {
  const number = Number(new URL(request.url, "http://localhost").searchParams.get("page") ?? 1);
  const next = number < pages.length ? { link: `</items?page=${number + 1}>; rel="next"` } : {};
  response.writeHead(200, { "content-type": "application/json", ...next });
  response.end(pages[number - 1]);
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.on("disconnect", () => process.exit(0));
