// What the pages of the engine's tests do.
import { nullDestination, pipeline, resource, RunletError, transformer, type Data } from "runlet";
import { configureEngine } from "runlet/browser";
import { duckdb } from "runlet/duckdb";

const reproduce = { loadId: "1700000000.123456", seed: "7" };

export function place(worker: boolean | string): void {
  configureEngine({ worker });
}

/** Digests of what a run of the bytes at `url` gives, each chunk at a time. */
export async function digests(url: string): Promise<unknown> {
  const to = nullDestination();
  const parents = resource("events", {}, async () => (await fetch(url)).body!);
  const children = transformer("actors", { from: parents, pick: { id: "text", type: "text" } }, (event) => [
    { event: event.id, kind: event.type, nested: [1, { deep: true }] },
  ]);
  const { schemaChanges, bytes, records } = await pipeline("events", [parents, children]).run({
    to,
    reproduce,
  });
  return { digests: to.digests(), changes: schemaChanges.length, bytes, records };
}

/** WebAssembly without anything in it. */
const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** What a run that fails says. */
export async function fault(data: Data, normalise: object = {}, withoutEngine = false): Promise<unknown> {
  const to = nullDestination();
  try {
    const items = resource("items", {}, () => data);
    const engine = withoutEngine ? { engineModule: await WebAssembly.compile(EMPTY) } : {};
    await pipeline("faulty", items).run({ to, normalise, reproduce, ...engine });
    return { digests: to.digests() };
  } catch (error) {
    const { code, message, where, hint } = error as RunletError;
    return { ours: error instanceof RunletError, code, message, where, hint };
  }
}

/** A run that is cancelled, and one after it. */
export async function cancelled(url: string): Promise<unknown> {
  const stop = new AbortController();
  const events = resource("events", {}, async () => (await fetch(url)).body!);
  const code = await pipeline("events", events)
    .run({
      to: nullDestination(),
      signal: stop.signal,
      onProgress: ({ bytes }) => bytes > 1_000_000 && stop.abort(),
    })
    .then(
      () => "loaded",
      (error: RunletError) => error.code,
    );
  const { records } = await pipeline("events", events).run({ to: nullDestination(), limit: 3 });
  return { code, records };
}

/** Loads the bytes at `url` and measures how long the page was held up. */
export async function longTasks(url: string, where: string): Promise<unknown> {
  const tasks: number[] = [];
  const heard: number[] = [];
  const events = resource("events", {}, async () => (await fetch(url)).body!);
  const to = duckdb(where);
  await pipeline("warm", resource("one", {}, [{ a: 1 }])).run({ to, packages: "none" });
  const observer = new PerformanceObserver((list) =>
    tasks.push(...list.getEntries().map(({ duration }) => duration)),
  );
  observer.observe({ entryTypes: ["longtask"] });
  const start = performance.now();
  const info = await pipeline("events", events).run({ to, onProgress: ({ bytes }) => heard.push(bytes) });
  const ms = performance.now() - start;
  await new Promise((resolve) => setTimeout(resolve, 200));
  tasks.push(...observer.takeRecords().map(({ duration }) => duration));
  const [row] = await info.dataset.query<{ n: bigint }>("select count(*) as n from events");
  return {
    rows: Number(row!.n),
    records: info.records,
    bytes: info.bytes,
    ms,
    longest: Math.max(0, ...tasks),
    events: new Set(heard).size,
  };
}
