import { expect, test } from "vitest";
import { linkedStop } from "../../core/http/linked-stop.ts";
import { untilAborted } from "../../core/pipeline/abort.ts";

test("a request's controller aborts with the run, until it is released", () => {
  const run = new AbortController();
  const [first, second, own] = [linkedStop(run.signal), linkedStop(run.signal), linkedStop(run.signal)];
  second.release();
  own.stop.abort("late");
  run.abort("cancelled");
  expect([first, second, own].map(({ stop }) => stop.signal.reason as unknown)).toEqual([
    "cancelled",
    undefined,
    "late",
  ]);
  expect(linkedStop(run.signal).stop.signal.reason).toBe("cancelled");
});

test("what is read until a signal aborts ends at once, and leaves no listener behind", async () => {
  const { signal, listeners, abort } = counting();
  async function* values() {
    yield 1;
    await new Promise(() => undefined);
  }
  const hanging = untilAborted(values(), signal);
  expect(await hanging.next()).toEqual({ done: false, value: 1 });
  expect(listeners()).toBe(1);
  const next = hanging.next();
  abort("enough");
  await expect(next).rejects.toBe("enough");
  await expect(hanging.next()).rejects.toBe("enough");
  await hanging.return!();
  expect(listeners()).toBe(0);
});

test("what is read is closed once, when its signal aborts", async () => {
  for (const at of ["before", "between", "while a value is awaited"]) {
    const { signal, abort } = counting();
    let closed = 0;
    const values = {
      next: () => new Promise<IteratorResult<number>>((give) => closed || setTimeout(give, 5, { value: 1 })),
      return: () => Promise.resolve({ done: true as const, value: void closed++ }),
    };
    if (at === "before") abort("enough");
    const reading = untilAborted(values, signal);
    if (at === "between") await reading.next();
    const next = at === "between" ? undefined : reading.next();
    abort("enough");
    await expect(next ?? reading.next()).rejects.toBe("enough");
    await reading.return!();
    expect(closed, at).toBe(1);
  }
});

test.each(["its end", "a failure", "a break"])("a reading listens to its signal until %s", async (end) => {
  const { signal, listeners } = counting();
  async function* values() {
    yield 1;
    if (end === "a failure") throw new Error("broken");
    yield 2;
  }
  const read = async () => {
    for await (const _ of untilAborted(values(), signal)) if (end === "a break") break;
  };
  if (end === "a failure") await expect(read()).rejects.toThrow("broken");
  else await read();
  expect(listeners()).toBe(0);
});

/** A signal that counts its listeners. */
function counting() {
  const controller = new AbortController();
  const { signal } = controller;
  const all = new Set<unknown>();
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
  signal.addEventListener = (...given: Parameters<typeof add>) => (all.add(given[1]), add(...given));
  signal.removeEventListener = (...given: Parameters<typeof remove>) => (
    all.delete(given[1]),
    remove(...given)
  );
  return { signal, listeners: () => all.size, abort: (reason: unknown) => controller.abort(reason) };
}
