// An API of an input's pages, in a process of its own, for as long as this one lives.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const SERVER = fileURLToPath(new URL("../page-server.mjs", import.meta.url));

/** The address of the first page. */
export async function serve({ path, pageBytes }) {
  const child = fork(SERVER, [path, String(pageBytes)], { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  const [port] = await once(child.stdout, "data");
  return `http://127.0.0.1:${String(port).trim()}/items`;
}

/** Each page as a Response, one after the other. */
export async function* eachPage(first) {
  for (let url = first; url;) {
    const response = await fetch(url);
    const [, next] = /^<([^>]+)>; rel="next"$/.exec(response.headers.get("link") ?? "") ?? [];
    yield response;
    url = next && new URL(next, first).href;
  }
}
