import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { folderWith, runlet } from "../cli/spawned.ts";
import { lambdaService } from "./lambda-service.ts";
import { listen, LOOK, PIPELINE, WHOLE } from "./shop.ts";

const TOKEN = "who-may-run-it";
const HANDLER = `import { duckdb } from "runlet/duckdb";
import { lambda } from "runlet/lambda";
import pipeline from "./pipeline.ts";
export const handler = lambda(pipeline, { to: duckdb(process.env.DATABASE) });
`;

const folder = folderWith({ "pipeline.ts": PIPELINE, "handler.ts": HANDLER });
const data = folderWith();
const database = join(data, "shop.duckdb");
let api: Awaited<ReturnType<typeof listen>>;
let url = "";
let silent = false;
const gate = createServer((request, response) => {
  // Silent, it is an API that never answers.
  if (!silent) response.writeHead(307, { location: `${api.url}${request.url}` }).end();
});
let service: Awaited<ReturnType<typeof lambdaService>>;

beforeAll(async () => {
  api = await listen(40);
  await new Promise<void>((ready) => gate.listen(0, "127.0.0.1", ready));
  url = `http://127.0.0.1:${(gate.address() as AddressInfo).port}`;
  await bundled(join(folder, "handler.ts"), join(folder, "handler.mjs"));
  for (const place of [folder, data]) {
    mkdirSync(join(place, "node_modules"));
    symlinkSync(resolve("."), join(place, "node_modules", "runlet"), "dir");
  }
  // As in /var/task.
  chmodSync(folder, 0o555);
  const env = { API: api.url, DATABASE: database, RUNLET_TOKEN: TOKEN };
  service = await lambdaService(`${join(folder, "handler.mjs")}#handler`, env, folder);
});
afterAll(async () => {
  await service.close();
  chmodSync(folder, 0o755);
  for (const server of [api.server, gate]) {
    server.closeAllConnections();
    server.close();
  }
});

/** One file beside node_modules, as it is uploaded; `runlet` there is this repository, as built. */
async function bundled(entry: string, outfile: string) {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    logLevel: "error",
  });
}

const rows = async (sql: string) =>
  JSON.parse((await runlet(["query", database, sql, "--json"], { cwd: data })).stdout) as unknown;

describe("a function on AWS Lambda", () => {
  test("that is out of time again and again reads all, once", async () => {
    const results = [];
    do {
      const { kind, body } = await service.invoke({}, 3500);
      expect({ kind, errors: service.errors() }).toEqual({ kind: "response", errors: "" });
      results.push(body as { complete: boolean; stoppedBy?: string; remaining: object[] });
    } while (!results.at(-1)!.complete && results.length < 20);
    expect(results.length).toBeGreaterThan(1);
    expect(results[0]).toMatchObject({ complete: false, stoppedBy: "maxDuration" });
    expect(results.at(-1)).toMatchObject({ complete: true, remaining: [] });
    for (const table of ["orders", "customers"]) expect(await rows(LOOK(table))).toEqual([WHOLE]);
  });

  test("takes only, limit and refresh from the event, and nothing from a schedule", async () => {
    const { body } = await service.invoke({ only: ["orders"], limit: 3, refresh: true }, 20_000);
    expect(body).toMatchObject({ complete: true, tables: { orders: { rows: 3 } } });
    expect(await rows("select count(*) n from orders")).toEqual([{ n: 3 }]);
    const again = await service.invoke(body, 20_000);
    expect(again).toMatchObject({ kind: "response", body: { tables: { customers: { rows: WHOLE.n } } } });
    const scheduled = { "detail-type": "Scheduled Event", source: "aws.events", detail: {} };
    expect(await service.invoke(scheduled, 20_000)).toMatchObject({
      kind: "response",
      body: { complete: true, tables: { orders: { rows: WHOLE.n }, customers: { rows: WHOLE.n } } },
    });
  });

  test("answers the function's URL as serve() does", async () => {
    const asked = (method: string, rawPath: string, token?: string) => ({
      version: "2.0",
      rawPath,
      rawQueryString: method === "POST" ? "only=orders&limit=2" : "",
      headers: token ? { authorization: `Bearer ${token}` } : {},
      requestContext: { domainName: "id.lambda-url.eu-west-1.on.aws", http: { method } },
      isBase64Encoded: false,
    });
    const answer = async (...parameters: Parameters<typeof asked>) =>
      (await service.invoke(asked(...parameters), 20_000)).body as { statusCode: number; body: string };
    expect((await answer("POST", "/run")).statusCode).toBe(401);
    const run = await answer("POST", "/run", TOKEN);
    expect(run.statusCode).toBe(200);
    expect(JSON.parse(run.body)).toMatchObject({ complete: true, tables: { orders: { rows: 2 } } });
    expect(JSON.parse((await answer("GET", "/status", TOKEN)).body)).toMatchObject({ pipeline: "shop" });
    expect((await answer("GET", "/health")).statusCode).toBe(200);
  });

  test("names its errors by code, without the secrets", async () => {
    const { kind, body } = await service.invoke({ only: ["nothing"] }, 20_000);
    expect({ kind, body }).toMatchObject({
      kind: "error",
      body: { errorType: "USAGE", errorMessage: expect.stringContaining("it has: orders, customers") },
    });
    expect(await service.invoke({ onyl: ["orders"] }, 20_000)).toMatchObject({
      body: { errorType: "USAGE" },
    });
  });
});

test("a run that hangs is cancelled before the function is killed, and the next invocation works", async () => {
  const env = { API: url, DATABASE: join(data, "hanging.duckdb") };
  const hanging = await lambdaService(`${join(folder, "handler.mjs")}#handler`, env, folder);
  try {
    silent = true;
    expect(await hanging.invoke({ only: ["orders"] }, 4000)).toMatchObject({
      kind: "error",
      body: { errorType: "CANCELLED" },
    });
    silent = false;
    expect(await hanging.invoke({ only: ["orders"] }, 20_000)).toMatchObject({
      kind: "response",
      body: { tables: { orders: { rows: WHOLE.n } } },
    });
  } finally {
    await hanging.close();
  }
});

test("the example's handler is bundled into one file", async () => {
  const outfile = join(data, "example.mjs");
  await bundled(resolve("examples/lambda/handler.ts"), outfile);
  const { handler } = (await import(outfile)) as {
    handler: (event: unknown, context?: object) => Promise<unknown>;
  };
  // Emulators give less than AWS does.
  for (const context of [{ getRemainingTimeInMillis: () => 10_000 }, {}, undefined])
    await expect(handler({}, context)).rejects.toMatchObject({ name: "CONFIG_MISSING" });
});
