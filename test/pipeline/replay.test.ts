import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { apiKey, http, pipeline, record, replay, resource, secret, source } from "../../core/index.ts";
import { recordingPath } from "../../core/http/replay.ts";
import { installTestHost } from "./host.ts";
import { serve, type TestServer } from "./server.ts";

const folder = mkdtempSync(join(tmpdir(), "runlet-replay-"));
let server: TestServer;

beforeAll(async () => {
  installTestHost();
  server = await serve(({ path, query }, response, { url }) => {
    if (path !== "/items") {
      response.statusCode = 410;
      return { message: "gone for good" };
    }
    if (!query["page"]) response.setHeader("link", `<${url}/items?state=all&page=2>; rel="next"`);
    return [{ id: query["page"] ? 2 : 1, labels: ["a"] }];
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

const api = (path: string) =>
  pipeline(
    "p",
    source(
      "s",
      { http: http(server.url, { auth: apiKey("api_key", secret("KEY"), "query"), retry: { limit: 0 } }) },
      [resource("items", {}, ({ http }) => http.pages(path, { state: "all" }))],
    ),
  );
const env = { KEY: "k-4711-secret" };

test("what was recorded is replayed: pages, headers, errors, no network", async () => {
  const asked = await api("/items").preview({ env, fetch: record(folder) });
  await expect(api("/gone").preview({ env, fetch: record(folder) })).rejects.toMatchObject({
    where: { status: 410 },
  });
  server.seen.length = 0;
  const replayed = await api("/items").preview({ env: { KEY: "another" }, fetch: replay(folder) });
  expect(replayed.tables["items"]!.map(({ id }) => id)).toEqual([1, 2]);
  expect(replayed.schema).toEqual(asked.schema);
  await expect(api("/gone").preview({ env, fetch: replay(folder) })).rejects.toMatchObject({
    code: "SOURCE_HTTP",
    message: expect.stringContaining("gone for good"),
  });
  expect(server.seen).toEqual([]);
});

test("no recording holds a credential", () => {
  const names = readdirSync(folder, { recursive: true }).map(String);
  expect(names.length).toBeGreaterThan(4);
  expect(names.join("\n")).not.toContain("4711");
  for (const name of names.filter((each) => each.endsWith(".json"))) {
    expect(readFileSync(join(folder, name), "utf8")).not.toContain("4711");
  }
});

test("a request without recording names the request and the file it wants", async () => {
  await expect(api("/other").preview({ env, fetch: replay(folder) })).rejects.toMatchObject({
    code: "SOURCE_NOT_FOUND",
    message: expect.stringMatching(/no recording of GET http:\/\/127\.0\.0\.1:\d+\/other\?state=all/),
    hint: expect.stringContaining(join(folder, "127.0.0.1")),
  });
});

test.each([
  [
    "GET",
    "https://api.github.com/repos/x/issues?page=2&state=all",
    "d/api.github.com/repos/x/issues@page=2&state=all.json",
  ],
  ["GET", "https://a.b/c?z=1&a=2", "d/a.b/c@a=2&z=1.json"],
  ["GET", "https://a.b/", "d/a.b/index.json"],
  ["GET", "http://a.b:8080/x%3Fy", "d/a.b%3A8080/x%3Fy.json"],
  ["GET", "https://a.b/..%2F..%2Fetc", "d/a.b/_/_/etc.json"],
  ["GET", "https://a.b/x?next=/y/..", "d/a.b/x@next=%2Fy%2F...json"],
  ["POST", "https://a.b/q?api_key=s", "d/POST a.b/q.json"],
])("%s %s is %s", (method, url, path) => {
  expect(recordingPath("d/", method, new URL(url))).toBe(path);
});
