import { MessageChannel, type MessagePort } from "node:worker_threads";
import { afterEach, expect, test } from "vitest";
import type { EngineBatch, EngineConfig, InputOptions, RunEngine } from "../../core/binding/contract.ts";
import { serveEngine } from "../../core/binding/engine-thread.ts";
import { openEngine } from "../../core/binding/engine.ts";
import type { Port } from "../../core/binding/messages.ts";
import { EngineLink, openRemote } from "../../core/binding/remote-engine.ts";
import type { RunletError } from "../../core/errors.ts";
import { nodeHost } from "../../host-node/host.ts";

const CONFIG: EngineConfig = { loadId: "1700000000.123456", seed: "7", batchBytes: 4096 };

const open: MessagePort[] = [];
afterEach(() => open.splice(0).forEach((port) => port.close()));

function link(): EngineLink {
  const { port1, port2 } = new MessageChannel();
  open.push(port1, port2);
  const portOf = (port: MessagePort): Port => ({
    send: (message, transfer) => port.postMessage(message, transfer as ArrayBuffer[]),
    receive: (listener) => port.on("message", listener),
  });
  serveEngine(portOf(port2));
  return new EngineLink(portOf(port1));
}

const remote = async (closed = () => undefined as void): Promise<RunEngine> =>
  openRemote(link(), await nodeHost.engineModule(), CONFIG, closed);

/** All that comes out of two inputs that interleave, one of which is given up. */
async function outcome(engine: RunEngine): Promise<unknown> {
  const batches: unknown[] = [];
  const sink = ({ message, ...batch }: EngineBatch) =>
    batches.push({ ...batch, message: Buffer.from(message).toString("base64") });
  const take = async (all: boolean) => {
    while (await engine.takeInto(sink, all));
  };
  const text = Array.from({ length: 400 }, (_, id) => JSON.stringify({ id, tags: [id, { x: "é" }] })).join(
    "\n",
  );
  const bytes = new TextEncoder().encode(text);
  const a = await engine.input("a", 0, { capture: { record: [["id"]] } });
  const b = await engine.input("b", 0, { format: "ndjson" });
  for (let at = 0; at < bytes.length; at += 1000) {
    await engine.push(a, bytes.subarray(at, at + 1000));
    await take(false);
    if (at === 3000) await engine.pushText(b, '{"b":1}\n{"b":');
  }
  engine.abort(b);
  const summary = await engine.end(a);
  await take(true);
  const schema = await engine.schema();
  const versions = schema.tables;
  const described = Object.keys(versions).map((table) =>
    Buffer.from(engine.tableSchema(table, 1)).toString("base64"),
  );
  return { batches, summary, schema: JSON.parse(JSON.stringify(schema)), described };
}

test("what comes out of an engine on another thread is what comes out of one on this thread", async () => {
  const here = await outcome(openEngine(await nodeHost.engineModule(), CONFIG));
  expect(await outcome(await remote())).toEqual(here);
  expect((here as { batches: unknown[] }).batches.length).toBeGreaterThan(8);
});

test("the caller keeps its bytes", async () => {
  const engine = await remote();
  const bytes = new TextEncoder().encode('{"a":1}');
  const input = await engine.input("a", 0);
  await engine.push(input, bytes);
  expect(new TextDecoder().decode(bytes)).toBe('{"a":1}');
  expect(await engine.end(input)).toMatchObject({ records: 1, bytes: 7 });
});

test("with a limit the records are counted at once", async () => {
  const engine = await remote();
  const input = await engine.input("a", 0, { limit: 2 });
  expect(await engine.pushText(input, '{"a":1}\n{"a":2}\n{"a":3}\n')).toBe(2);
});

test("a fault ends its input only, and nothing behind it is taken", async () => {
  const engine = await remote();
  const bad = await engine.input("a", 0, { format: "ndjson" });
  await engine.pushText(bad, '{"a":1}\n{"a":\n');
  const behind = Promise.resolve(engine.pushText(bad, '{"a":3}\n'));
  await expect(behind).rejects.toMatchObject({ code: "SOURCE_NOT_JSON", where: { line: 2 } });
  await expect(Promise.resolve(engine.end(bad))).rejects.toMatchObject({ code: "SOURCE_NOT_JSON" });
  engine.abort(bad);
  const good = await engine.input("b", 0);
  await engine.pushText(good, '{"b":1}');
  await engine.end(good);
  expect((await engine.schema()).rows).toEqual({ a: 1, b: 1 });
});

test("what a contract stops says so from there, and what it leaves out is counted", async () => {
  const columns = { id: { name: "id", data_type: "bigint" as const, nullable: true } };
  const tables = { t: { name: "t", columns } };
  const answers = async (columns: "freeze" | "discard_row", remotely: boolean) => {
    const module = await nodeHost.engineModule();
    const config: EngineConfig = { ...CONFIG, tables, hints: { t: { contract: { columns } } } };
    const engine = remotely
      ? await openRemote(link(), module, config, () => undefined)
      : openEngine(module, config);
    const input = await engine.input("t", 0, { format: "ndjson" });
    const failed = await Promise.resolve()
      .then(() => engine.pushText(input, '{"id":1}\n{"id":2,"new":"x"}\n'))
      .then(() => engine.end(input))
      .then(
        () => undefined,
        ({ code, message, where, hint }: RunletError) => ({ code, message, where, hint }),
      );
    return failed ?? (await engine.schema()).discarded;
  };
  for (const mode of ["freeze", "discard_row"] as const)
    expect(await answers(mode, true)).toEqual(await answers(mode, false));
  expect(await answers("freeze", true)).toMatchObject({
    code: "SCHEMA_CONTRACT",
    where: { table: "t", column: "new", entity: "columns", valueType: "text", record: 2 },
  });
  expect(await answers("discard_row", true)).toMatchObject({ rows: 1, entries: 1 });
});

test("a closed engine leaves its thread to the next one", async () => {
  const thread = link();
  const module = await nodeHost.engineModule();
  for (let round = 0; round < 3; round++) {
    await new Promise<void>((closed, failed) => {
      openRemote(thread, module, CONFIG, closed).then(async (engine) => {
        const input = await engine.input("a", 0);
        await engine.pushText(input, '{"a":1}');
        expect(await engine.end(input)).toMatchObject({ records: 1 });
        engine.close();
        await expect(Promise.resolve(engine.end(input))).rejects.toMatchObject({ code: "DEFECT" });
      }, failed);
    });
  }
});

test("a thread that is gone fails what is asked of it, then and later", async () => {
  const thread = link();
  const engine = await openRemote(thread, await nodeHost.engineModule(), CONFIG, () => undefined);
  const waiting = Promise.resolve(engine.schema());
  thread.lost("out of memory");
  const error = { code: "LIMIT_MEMORY", message: "the engine's thread stopped: out of memory" };
  await expect(waiting).rejects.toMatchObject(error);
  await expect(Promise.resolve(engine.schema())).rejects.toMatchObject(error);
});

test("a question that cannot be sent fails alone, and the answers behind it are not mixed up", async () => {
  const engine = await remote();
  const input = await engine.input("a", 0);
  const unsendable = { records: [() => "a"] } as unknown as InputOptions;
  const other = await engine.input("b", 1, unsendable);
  await engine.pushText(input, '{"a":1}');
  expect(await engine.end(input)).toMatchObject({ records: 1, bytes: 7 });
  await expect(Promise.resolve(engine.end(other))).rejects.toMatchObject({ name: "RunletError" });
  expect((await engine.schema()).rows).toEqual({ a: 1 });
});

test("a thread that cannot be asked to open an engine is given back", async () => {
  let given = 0;
  const config = { ...CONFIG, hints: () => undefined } as unknown as EngineConfig;
  const opened = openRemote(link(), await nodeHost.engineModule(), config, () => void given++);
  await expect(opened).rejects.toMatchObject({ name: "RunletError", code: "DEFECT" });
  expect(given).toBe(1);
});
