import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import {
  bearer,
  http,
  installHost,
  memory,
  pipeline,
  resource,
  secret,
  setting,
  source,
  type LogEntry,
  type RunOptions,
  type Trace,
} from "../../core/index.ts";
import { storageAt } from "../../host-node/storage.ts";
import { installTestHost } from "../pipeline/host.ts";
import { serve } from "../pipeline/server.ts";
import { recordingTracer } from "./recorded-spans.ts";

const TOKEN = "gh/p+s3cr3t &value=";
/** The token as it may be seen in text: plain, in URLs, in headers. */
const FORMS = [TOKEN, encodeURIComponent(TOKEN), Buffer.from(TOKEN).toString("base64")];

beforeEach(() => void installTestHost({ TOKEN }));

/** Two pages and a broken first answer, a list of names in each record, and a resource of two plain records. */
async function shop(orders: (page: number, tries: number) => unknown = () => undefined) {
  let tries = 0;
  const server = await serve(({ query }, response) => {
    const page = Number(query["page"] ?? 1);
    const answer = orders(page, ++tries);
    if (answer === 503) return void response.writeHead(503).end();
    if (answer !== undefined) return answer;
    return page > 2
      ? []
      : [
          { id: page * 2 - 1, tags: ["a", "b"] },
          { id: page * 2, tags: [] },
        ];
  });
  return pipeline(
    "shop",
    source("shop", { http: http(server.url, { auth: bearer(secret("TOKEN")), retry: { baseDelayMs: 1 } }) }, [
      resource("orders", {}, ({ http }) => http.pages("/orders", undefined, { next: { page: "page" } })),
      resource("people", {}, [{ name: "Ada" }, { name: "Grace" }]),
    ]),
  );
}

/** What a run logs, and its outcome. */
async function observe(options: RunOptions, of: Awaited<ReturnType<typeof shop>>) {
  const entries: LogEntry[] = [];
  const tracer = recordingTracer();
  const outcome = of.run({ to: memory(), tracer, log: (entry) => void entries.push(entry), ...options });
  const info = await outcome.catch(() => undefined);
  const error = info ? undefined : await outcome.catch((thrown: unknown) => thrown);
  return { info, error, entries, spans: tracer.spans };
}

const steps = (trace: Trace) =>
  trace.steps.map(({ step, resource, table, start, end, durationMs, ...rest }) => {
    expect(Date.parse(start)).toBeLessThanOrEqual(Date.parse(end));
    expect(durationMs).toBeGreaterThanOrEqual(0);
    return [[step, resource ?? table].filter(Boolean).join(" "), rest] as const;
  });

describe("the trace of a run", () => {
  test("has a step per resource and table with what it counted, and retries", async () => {
    const { info } = await observe({}, await shop((_, tries) => (tries === 1 ? 503 : undefined)));
    const { trace } = info!;
    expect(trace).toMatchObject({ pipeline: "shop", dataset: "shop_dataset", destination: "memory" });
    expect(trace.loadId).toBe(info!.loadId);
    const found = Object.fromEntries(steps(trace));
    expect(Object.keys(found).sort()).toEqual([
      "commit",
      "extract orders",
      "extract people",
      "load orders",
      "load orders__tags",
      "load people",
      "normalise orders",
      "normalise people",
      "open",
    ]);
    expect(found["extract orders"]).toEqual({ pages: 3, records: 4, bytes: info!.bytes - 32, retries: 1 });
    expect(found["extract people"]).toEqual({ pages: 1, records: 2, bytes: 32 });
    expect(found["load orders"]).toMatchObject({ rows: 4 });
    expect(found["load orders__tags"]).toMatchObject({ rows: 4, bytes: expect.any(Number) as number });
    expect(JSON.parse(JSON.stringify(info))).toHaveProperty("trace.steps");
  });

  test("names the first step that failed, and only it", async () => {
    const { error, entries } = await observe({}, await shop((page) => (page === 2 ? "[{]" : undefined)));
    expect(error).toMatchObject({ code: "SOURCE_NOT_JSON" });
    const failed = entries.filter(({ level }) => level === "error");
    expect(failed.map(({ event }) => event)).toEqual(["normalise.failed", "run.failed"]);
    expect(failed[0]!.fields).toMatchObject({ resource: "orders", code: "SOURCE_NOT_JSON" });
    expect(failed[1]!.fields).toMatchObject({ pipeline: "shop", destination: "memory" });
  });
});

describe("the log", () => {
  test("tells events in order, with level, time and fields", async () => {
    const { entries } = await observe({}, await shop((_, tries) => (tries === 1 ? 503 : undefined)));
    expect(entries.map(({ event }) => event)).toEqual([
      "run.start",
      "extract.start",
      "extract.start",
      "http.retry",
      "extract.end",
      "extract.end",
      "schema.change",
      "schema.change",
      "schema.change",
      "load",
      "load",
      "load",
      "commit",
      "run.end",
    ]);
    const [retry] = entries.filter(({ event }) => event === "http.retry");
    expect(retry).toMatchObject({ level: "warn", fields: { resource: "orders", retry: 1, status: 503 } });
    for (const { time } of entries) expect(time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  test("is no reason for a run to fail", async () => {
    const broken = () => {
      throw new Error("the disk of the log is full");
    };
    const { info } = await observe({ log: broken }, await shop());
    expect(info!.tables["orders"]!.rows).toBe(4);
  });
});

describe("spans", () => {
  test("one of the run, and one per step below it", async () => {
    const { info, spans } = await observe({}, await shop());
    expect(spans[0]).toMatchObject({
      name: "runlet.run",
      parent: undefined,
      attributes: {
        "runlet.pipeline": "shop",
        "runlet.load_id": info!.loadId,
        "runlet.destination": "memory",
      },
    });
    expect(spans.slice(1).map(({ name, parent }) => [name, parent])).toEqual(
      info!.trace.steps.map(({ step }) => [`runlet.${step}`, "runlet.run"]),
    );
    const orders = spans.find(({ attributes }) => attributes["runlet.table"] === "orders")!;
    expect(orders).toMatchObject({ name: "runlet.load", attributes: { "runlet.rows": 4 } });
    for (const span of spans) {
      expect(span.ended).toBeGreaterThanOrEqual(span.start);
      expect(span.status).toBeUndefined();
    }
  });

  test("a failed run's say what failed", async () => {
    const { spans } = await observe({}, await shop(() => "[{]"));
    const failed = spans.filter(({ status }) => status?.code === 2);
    expect(failed.map(({ name }) => name)).toEqual(["runlet.run", "runlet.normalise"]);
    for (const { exceptions, attributes } of failed) {
      expect(exceptions).toHaveLength(1);
      expect(attributes["error.type"]).toBe("SOURCE_NOT_JSON");
    }
    expect(spans.every(({ ended }) => ended !== undefined)).toBe(true);
  });

  test("go to the registered SDK when no tracer is given, and nowhere with tracer: false", async () => {
    const key = Symbol.for("opentelemetry.js.api.1");
    const tracer = recordingTracer();
    const asked: unknown[] = [];
    const getTracer = (...of: unknown[]) => (asked.push(of), tracer);
    Object.assign(globalThis, { [key]: { trace: { getTracer } } });
    try {
      const of = await shop();
      await of.run({ to: memory(), tracer: false });
      expect(tracer.spans).toEqual([]);
      await of.run({ to: memory() });
      expect(tracer.spans[0]!.name).toBe("runlet.run");
      expect(asked).toEqual([["runlet", expect.any(String)]]);
    } finally {
      Reflect.deleteProperty(globalThis, key);
    }
  });

  test("a tracer that throws is no reason for a run to fail", async () => {
    const good = recordingTracer();
    const startSpan = () => {
      throw new Error("no more spans");
    };
    const { info } = await observe({ tracer: { ...good, startSpan } }, await shop());
    expect(info!.tables["orders"]!.rows).toBe(4);
  });
});

describe("secrets", () => {
  test("are in no trace, log entry or span, also when a server or a function repeats them", async () => {
    const shown: string[] = [];
    const echo = pipeline(
      "echo",
      resource(
        "echo",
        { config: { token: secret("TOKEN"), page: setting("PAGE", 1) } },
        async function* ({ config, http }) {
          yield { id: 1 };
          const missing = `http://127.0.0.1:1/${encodeURIComponent(config.token)}`;
          await http.json(missing).catch((error: unknown) => {
            throw new Error(`sent ${config.token} to ${missing}`, { cause: error });
          });
        },
      ),
    );
    const { error, entries, spans } = await observe({}, echo as never);
    expect(error).toMatchObject({ code: "SOURCE_FAILED" });
    const failed = entries.find(({ event }) => event === "run.failed")!;
    expect(failed.fields["message"]).toContain("[TOKEN]");
    shown.push(JSON.stringify(entries), JSON.stringify(spans));

    for (const text of shown) for (const form of FORMS) expect(text).not.toContain(form);
  }, 20_000);

  test("are not in the trace that is kept with a load package", async () => {
    const home = mkdtempSync(join(tmpdir(), "runlet-trace-"));
    onTestFinished(() => rmSync(home, { recursive: true, force: true }));
    installHost({ ...installTestHost({ TOKEN }), storage: (name) => storageAt(name, home) });
    const of = pipeline(
      "kept",
      resource("things", { config: { token: secret("TOKEN") } }, ({ config }) => [
        { id: 1, name: config.token },
      ]),
    );
    const { info, entries } = await observe({ packages: "keep" }, of as never);
    const kept = JSON.parse(readFileSync(join(home, "kept", info!.loadId, "trace.json"), "utf8")) as Trace;
    expect(kept).toEqual(info!.trace);
    expect(kept.steps.map(({ step }) => step)).toContain("commit");
    for (const form of FORMS) expect(JSON.stringify([kept, entries])).not.toContain(form);
  });

  test("a destination's credential is concealed, too", async () => {
    const store = memory();
    const { error, entries, spans } = await observe(
      {
        to: {
          ...store,
          open(options) {
            options.conceal?.("pa55word", "password");
            throw new Error("cannot connect with pa55word");
          },
        },
      },
      await shop(),
    );
    expect(String(error)).toContain("cannot connect with [password]");
    expect(JSON.stringify([entries, spans])).toContain("[password]");
    expect(JSON.stringify([entries, spans])).not.toContain("pa55word");
  });
});
