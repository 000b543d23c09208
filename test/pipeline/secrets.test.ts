import { beforeAll, describe, expect, test } from "vitest";
import {
  apiKey,
  basic,
  bearer,
  http,
  installHost,
  memory,
  pipeline,
  resource,
  RunletError,
  secret,
  source,
} from "../../core/index.ts";
import { installTestHost } from "./host.ts";
import { serve, type TestServer } from "./server.ts";

const TOKEN = "gh/p+s3cr3t &value=";
const PASSWORD = "päss wörd";
const env = { TOKEN, PASSWORD, USER: "ada-lovelace", SHORT: "x" };

/** Every form a secret could appear in. */
const FORMS = [
  TOKEN,
  encodeURIComponent(TOKEN),
  encodeURIComponent(TOKEN).replaceAll("%20", "+"),
  Buffer.from(TOKEN).toString("base64"),
  PASSWORD,
  encodeURIComponent(PASSWORD),
  Buffer.from(PASSWORD).toString("base64"),
  Buffer.from(`ada-lovelace:${PASSWORD}`).toString("base64"),
];

let server: TestServer;

beforeAll(async () => {
  installTestHost();
  server = await serve(({ headers, path }, response) => {
    response.statusCode = path === "/echo-data" ? 200 : 400;
    if (path === "/echo-data") return `{"token": "${TOKEN}" oops}`;
    return { message: `you sent ${headers.authorization} to ${path}` };
  });
});

/** All text an error can show: message, hint, place, stack, causes, printed and as JSON. */
function shown(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const parts = [
    error.message,
    error.stack ?? "",
    String(error),
    JSON.stringify(error),
    shown(error.cause ?? ""),
  ];
  if (error instanceof RunletError) parts.push(error.hint ?? "", JSON.stringify(error.where));
  return parts.join("\n");
}

async function failure(
  body: Parameters<typeof resource>[2],
  auth = bearer(secret("TOKEN")),
): Promise<RunletError> {
  const rows = resource(
    "rows",
    { config: { token: secret("TOKEN"), short: secret("SHORT"), password: secret("PASSWORD") } },
    body as never,
  );
  const api = source("api", { http: http(server.url, { auth, retry: { limit: 0 } }) }, [rows]);
  const error: unknown = await pipeline("p", api)
    .run({ to: memory(), env })
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RunletError);
  return error as RunletError;
}

const get =
  (path: string) =>
  ({ http }: any) =>
    http.get(path);

describe("no error shows a secret", () => {
  const ways: Record<string, () => Promise<RunletError>> = {
    "the server echoes the header": () => failure(get("/x")),
    "the server echoes basic credentials": () =>
      failure(get("/x"), basic(secret("USER"), secret("PASSWORD"))),
    "the key is in the query": () => failure(get("/x"), apiKey("t", secret("TOKEN"), "query")),
    "the secret is in the path": () =>
      failure(({ http, config }: any) => http.get(`/x/${encodeURIComponent(config.token)}`)),
    "the data holds it, and is no JSON": () => failure(get("/echo-data")),
    "the function throws it": () =>
      failure(({ config }: any) => {
        throw new Error(`cannot use ${config.token}`, { cause: new TypeError(`nor ${config.password}`) });
      }),
    "the function throws text": () =>
      failure(({ config }: any) => {
        throw `bad ${config.token}`;
      }),
  };

  test.each(Object.keys(ways))("when %s", async (way) => {
    const error = await ways[way]!();
    const text = shown(error);
    for (const form of FORMS) expect(text).not.toContain(form);
    expect(text.length).toBeGreaterThan(20);
  });

  test("its name stands where it was, and the rest stays readable", async () => {
    const error = await failure(({ config }: any) => {
      throw new Error(`cannot use ${config.token}; exact x marks ${config.short}`);
    });
    expect(error.message).toBe("resource rows: cannot use [TOKEN]; exact [SHORT] marks [SHORT]");
  });
});

test("a missing secret says who wants it, where it was looked for and what to do; nothing was asked", async () => {
  server.seen.length = 0;
  const rows = resource("rows", {}, get("/x"));
  const api = source("github", { http: http(server.url, { auth: bearer(secret("GITHUB_TOKEN")) }) }, [rows]);
  const error: unknown = await pipeline("p", api)
    .run({ to: memory() })
    .catch((reason: unknown) => reason);
  expect(String(error)).toBe(
    "CONFIG_MISSING  secret GITHUB_TOKEN is not set (source github)\n" +
      "  looked in: run({env}), environment, .env, runlet.toml\n" +
      "  you: export GITHUB_TOKEN=… or --env-file .env · nothing loaded",
  );
  expect(server.seen).toEqual([]);
});

test("where there is no environment, a missing secret is asked for in run({ env })", async () => {
  installHost({ ...installTestHost(), envPlaces: [] });
  const rows = resource("rows", { config: { token: secret("TOKEN") } }, () => []);
  const error: unknown = await pipeline("p", rows)
    .run({ to: memory() })
    .catch((reason: unknown) => reason);
  installTestHost();
  expect(String(error)).toBe(
    "CONFIG_MISSING  secret TOKEN is not set (resource rows)\n  pass it: run({ env: { TOKEN: … } }) · nothing loaded",
  );
});

test("a secrets store among the bindings is asked with get()", async () => {
  const store = memory();
  const rows = resource("rows", { config: { token: secret("TOKEN") } }, ({ config }) => [
    { length: config.token.length },
  ]);
  await pipeline("p", rows).run({ to: store, env: { TOKEN: { get: async () => "12345" } } });
  expect(store.tables()["rows"]).toMatchObject([{ length: 5 }]);
});
