import { beforeEach, describe, expect, test } from "vitest";
import {
  type Destination,
  installHost,
  memory,
  type MemoryStore,
  pipeline,
  resource,
} from "../../core/index.ts";
import { worker, type WorkerOptions } from "../../host-workers/entry.ts";
import { nodeHost } from "../../host-node/host.ts";

let to: MemoryStore;
let logged: string[];
beforeEach(() => {
  logged = [];
  installHost({ ...nodeHost, storage: undefined, log: () => undefined });
  to = memory();
});

let reads = 0;
const p = pipeline("hooks", [
  resource("events", { columns: { at: "timestamp" } }, []),
  resource("people", {}, []),
  resource("daily", { write: "replace" }, () => [{ reads: ++reads }]),
]);

let ids = 0;
class Message {
  readonly id = `m${++ids}`;
  readonly timestamp = new Date();
  readonly said: unknown[] = [];
  readonly body: unknown;
  readonly attempts: number;
  constructor(body: unknown, attempts = 1) {
    this.body = body;
    this.attempts = attempts;
  }
  ack(): void {
    this.said.push("ack");
  }
  retry(options?: { delaySeconds?: number }): void {
    this.said.push(["retry", options?.delaySeconds]);
  }
}

async function deliver(messages: Message[], options: Partial<WorkerOptions> = {}): Promise<unknown[]> {
  const log = ({ event, fields }: { event: string; fields: object }) =>
    void logged.push(`${event} ${JSON.stringify(fields)}`);
  const handlers = worker(p, { to, queue: { resource: "events" }, run: { log }, ...options });
  await handlers.queue({ queue: "hooks", messages }, {}, { waitUntil: () => undefined });
  return messages.map(({ said }) => said);
}

const values = (table: string, column: string) => (to.tables()[table] ?? []).map((row) => row[column]);

describe("a batch of messages", () => {
  test("is one load: records, lists of them, and records of a named resource", async () => {
    const said = await deliver([
      new Message({ n: "a", at: "2024-05-06T07:08:09Z" }),
      new Message([{ n: "b" }, { n: "c", tags: ["x", "y"] }]),
      new Message({ resource: "people", records: [{ name: "Ada" }, { name: "Grace" }] }),
      new Message({ resource: "people", records: { name: "Mary" } }),
      new Message([]),
    ]);
    expect(said).toEqual([["ack"], ["ack"], ["ack"], ["ack"], ["ack"]]);
    expect(values("events", "n")).toEqual(["a", "b", "c"]);
    expect(values("events", "at")[0]).toMatch(/^2024-05-06[T ]07:08:09/);
    expect(values("events__tags", "value")).toEqual(["x", "y"]);
    expect(values("people", "name")).toEqual(["Ada", "Grace", "Mary"]);
    expect(new Set([...values("events", "_dlt_load_id"), ...values("people", "_dlt_load_id")]).size).toBe(1);
    expect(to.tables()["daily"]).toBeUndefined();
  });

  test("delivered again, in whatever company, is loaded once", async () => {
    const first = [new Message({ n: 1 }), new Message({ n: 2 })];
    await deliver(first);
    const again = new Message({ n: 3 });
    expect(await deliver([first[1]!, again])).toEqual([["ack", "ack"], ["ack"]]);
    await deliver([again]);
    expect(values("events", "n").map(Number)).toEqual([1, 2, 3]);
  });

  test("is remembered so far back, and not at all with 0", async () => {
    const [one, two] = [new Message({ n: 1 }), new Message({ n: 2 })];
    const queue = { resource: "events", remember: 1 };
    await deliver([one, two], { queue });
    await deliver([two], { queue });
    expect(values("events", "n").map(Number)).toEqual([1, 2]);
    await deliver([one], { queue });
    expect(values("events", "n").map(Number)).toEqual([1, 2, 1]);
    to = memory();
    for (let time = 0; time < 2; time++) await deliver([two], { queue: { ...queue, remember: 0 } });
    expect(values("events", "n").map(Number)).toEqual([2, 2]);
  });

  test("that cannot be loaded comes again, later and later, and nothing of it is there", async () => {
    let opened = 0;
    const broken: Destination = { ...to, open: () => Promise.reject(new Error(`down ${++opened}`)) };
    const messages = [new Message({ n: 1 }), new Message({ n: 2 }, 3), new Message({ n: 3 }, 20)];
    expect(await deliver(messages, { to: broken })).toEqual([
      [["retry", 10]],
      [["retry", 40]],
      [["retry", 1800]],
    ]);
    expect(opened).toBe(1);
    expect(logged.join()).toContain("run.failed");
    expect(to.tables()).toEqual({});
    await deliver(messages);
    expect(values("events", "n").map(Number)).toEqual([1, 2, 3]);
  });

  test("loses no other message to one that is no record", async () => {
    const messages = ["text", 7, null, [1], { resource: "nothing", records: [{}] }].map(
      (body) => new Message(body),
    );
    const good = new Message({ n: 1 });
    const said = await deliver([...messages, good]);
    expect(said).toEqual([...messages.map(() => [["retry", 10]]), ["ack"]]);
    expect(values("events", "n").map(Number)).toEqual([1]);
    expect(logged.filter((line) => line.startsWith("queue.refused"))).toHaveLength(messages.length);
  });

  test("whose records cannot all be loaded loads the others", async () => {
    const messages = [1, 2, 3, 4, 5].map(
      (n) => new Message({ n, deep: n === 4 ? { deep: { deep: 1 } } : 0 }),
    );
    const run = { log: () => undefined, normalise: { limits: { depth: 2 } } };
    expect(await deliver(messages, { run })).toEqual([["ack"], ["ack"], ["ack"], [["retry", 10]], ["ack"]]);
    expect(values("events", "n").map(Number)).toEqual([1, 2, 3, 5]);
  });

  test("is for a resource that worker() is told by name, and refuses when there is none", async () => {
    expect(await deliver([new Message({ name: "Ada" })], { queue: "people" })).toEqual([["ack"]]);
    expect(values("people", "name")).toEqual(["Ada"]);
    expect(() => worker(p, { to, queue: "poeple" })).toThrow("no resource poeple that takes records");
  });

  test("without a resource to go to is refused, with what to do", async () => {
    expect(await deliver([new Message({ n: 1 })], { queue: {} })).toEqual([[["retry", 10]]]);
    expect(logged.join()).toContain('give worker() queue: { resource: \\"events\\" }');
  });
});

describe("a message that asks to run", () => {
  test("runs the pipeline as asked", async () => {
    const before = reads;
    expect(await deliver([new Message({ run: { only: ["daily"] } })])).toEqual([["ack"]]);
    expect(values("daily", "reads").map(Number)).toEqual([before + 1]);
    expect(await deliver([new Message({ run: {} }), new Message({ n: 1 })])).toEqual([["ack"], ["ack"]]);
    expect(values("events", "n").map(Number)).toEqual([1]);
    expect(values("daily", "reads").map(Number)).toEqual([before + 2]);
  });

  test("for what is not there comes again, and fails alone", async () => {
    const said = await deliver([
      new Message({ run: { only: ["nothing"] } }),
      new Message({ run: { limit: "many" } }),
      new Message({ run: { only: ["daily"] } }),
    ]);
    expect(said).toEqual([[["retry", 10]], [["retry", 10]], ["ack"]]);
  });
});
