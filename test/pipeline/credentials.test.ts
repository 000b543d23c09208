import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import {
  apiKey,
  http,
  memory,
  nullDestination,
  pipeline,
  record,
  replay,
  resource,
  RunletError,
  secret,
  setting,
  source,
} from "../../core/index.ts";
import { installTestHost } from "./host.ts";
import { serve, type TestServer } from "./server.ts";

const KEY = "k3y-that-must-stay-home";
const env = { KEY };

let api: TestServer;
let elsewhere: TestServer;

beforeAll(async () => {
  installTestHost();
  elsewhere = await serve(() => [{ id: 1 }]);
  api = await serve(({ path, headers }, response) => {
    if (path === "/away") response.setHeader("location", `${elsewhere.url}/rows`);
    else if (path === "/moved") response.setHeader("location", "/rows");
    else if (path === "/loop") response.setHeader("location", "/loop");
    else if (path === "/broken") return `{"token": "${KEY}" oops}`;
    else return [{ id: headers["x-key"] === KEY ? 2 : 3 }];
    response.statusCode = 302;
    return "";
  });
});

function of(path: string, where: "header" | "query" = "header") {
  const config = http(api.url, {
    auth: apiKey(where === "header" ? "x-key" : "appid", secret("KEY"), where),
    headers: { "x-team": setting("TEAM", "blue") },
  });
  return pipeline("p", source("s", { http: config }, [resource("rows", {}, ({ http }) => http.get(path))]));
}

test("a redirect to another origin is followed without credentials and configured headers", async () => {
  await of("/away").run({ to: memory(), env });
  const [asked] = elsewhere.seen;
  expect(asked?.path).toBe("/rows");
  expect(asked?.headers["x-key"]).toBeUndefined();
  expect(asked?.headers["x-team"]).toBeUndefined();
});

test("a redirect within the origin keeps them", async () => {
  const { tables } = await of("/moved").preview({ env });
  expect(tables["rows"]![0]!["id"]).toBe(2);
});

test("redirects that do not end are an error", async () => {
  await expect(of("/loop").run({ to: memory(), env })).rejects.toMatchObject({ code: "SOURCE_HTTP" });
});

test("a key in the query is in no file that is recorded, by whatever name, and is not needed to replay", async () => {
  const dir = mkdtempSync(join(tmpdir(), "runlet-record-"));
  await of("/rows", "query").run({ to: nullDestination(), env, fetch: record(dir) });
  const names = readdirSync(dir, { recursive: true }).map(String);
  expect(names.some((name) => name.endsWith(".json"))).toBe(true);
  expect(names.join("\n")).not.toContain(KEY);
  const { tables } = await of("/rows", "query").preview({ env: { KEY: "another" }, fetch: replay(dir) });
  expect(tables["rows"]).toHaveLength(1);
  rmSync(dir, { recursive: true });
});

test("a secret that an excerpt cuts in two is not shown in part", async () => {
  const error: RunletError = await of("/broken")
    .run({ to: memory(), env })
    .catch((thrown) => thrown);
  expect(error.code).toBe("SOURCE_NOT_JSON");
  const shown = [error.message, error.stack, JSON.stringify(error.where)].join("\n");
  for (let n = 4; n <= KEY.length; n++) {
    expect(shown).not.toContain(KEY.slice(-n));
    expect(shown).not.toContain(KEY.slice(0, n));
  }
});
