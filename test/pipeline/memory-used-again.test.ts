import { gzipSync } from "node:zlib";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { memory, pipeline, resource, type Destination } from "../../core/index.ts";
import { chunks } from "../../core/pipeline/chunks.ts";
import { type Refill, refillable, refilled } from "../../core/pipeline/refill.ts";
import { StreamMemory } from "../../core/pipeline/stream-memory.ts";
import { files as hostFiles } from "../../host-node/files.ts";
import { installTestHost } from "./host.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const folder = mkdtempSync(join(tmpdir(), "runlet-refill-"));
beforeAll(() => void installTestHost());
afterAll(() => rmSync(folder, { recursive: true }));

/** Bytes in reads of these lengths; `states` notes what becomes of it. */
function given(bytes: Uint8Array, lengths: readonly number[], states: string[] = []): Refill {
  let at = 0;
  let read = 0;
  return {
    async read(into) {
      const length = Math.min(lengths[read++] ?? into.byteLength, into.byteLength, bytes.byteLength - at);
      into.set(bytes.subarray(at, at + length));
      at += length;
      return length;
    },
    close: async () => void states.push("closed"),
  };
}

async function all(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const copies: Uint8Array[] = [];
  for await (const part of parts) copies.push(part.slice());
  return new Uint8Array(Buffer.concat(copies));
}

describe("bytes that are read into memory of the run's", () => {
  const bytes = new Uint8Array(1000).map((_, at) => at % 251);

  test.each([[[]], [[1, 1, 3, 64]], [[64, 1, 2, 64]]])("come whole, by reads of %j", async (lengths) => {
    const states: string[] = [];
    expect(await all(refilled(given(bytes, lengths, states), 64))).toEqual(bytes);
    expect(states).toEqual(["closed"]);
  });

  test("in two pieces of memory, however many there are", async () => {
    const seen = new Set<ArrayBufferLike>();
    for await (const part of refilled(given(bytes, []), 64)) seen.add(part.buffer);
    expect(seen.size).toBe(2);
    for await (const part of refilled(given(bytes, []), 64)) seen.add(part.buffer);
    expect(seen.size).toBe(2);
  });

  test("fail where reading fails, after what came before", async () => {
    const states: string[] = [];
    const good = given(bytes, [64], states);
    let reads = 0;
    const failing: Refill = {
      ...good,
      read: (into) => (++reads > 2 ? Promise.reject(new Error("gone")) : good.read(into)),
    };
    let length = 0;
    const reading = async () => {
      for await (const part of refilled(failing, 64)) length += part.byteLength;
    };
    await expect(reading()).rejects.toThrow("gone");
    expect([length, states]).toEqual([128, ["closed"]]);
  });

  test("are left without waiting for what does not come", async () => {
    const states: string[] = [];
    let come: (length: number) => void = () => undefined;
    const good = given(bytes, [], states);
    let reads = 0;
    const hanging: Refill = {
      ...good,
      read: (into) => (++reads > 1 ? new Promise((resolve) => (come = resolve)) : good.read(into)),
    };
    for await (const part of refilled(hanging, 64)) {
      expect(part.byteLength).toBe(64);
      break;
    }
    expect(states).toEqual([]);
    come(0);
    await new Promise((resolve) => setTimeout(resolve));
    expect(states).toEqual(["closed"]);
  });

  test.each([
    ["plain", (lines: string) => Buffer.from(lines)],
    ["gzip", (lines: string) => gzipSync(lines)],
  ])("are unpacked when they are gzip: %s", async (_, packed) => {
    const lines = Array.from({ length: 60_000 }, (_, id) => `{"id":${id},"r":${Math.random()}}\n`).join("");
    const stream = new ReadableStream<Uint8Array>();
    refillable(stream, () => given(packed(lines), [1]));
    expect(text(await all(chunks(stream)))).toBe(lines);
  });

  test("of a file are the same as those of its stream", async () => {
    const path = join(folder, "a.ndjson");
    writeFileSync(path, '{"id":1}\n'.repeat(100_000));
    const [file] = await hostFiles(path);
    const streamed = text(await all(file!.open()));
    const whole = await new Response(new Blob([streamed])).text();
    let read = "";
    for await (const part of chunks(file!.open())) read += text(part);
    expect(read).toBe(whole);
    expect(read).toHaveLength(900_000);
  });
});

describe("memory of streams that are written", () => {
  /** The memory destination with each stream's buffer noted; it keeps nothing of them. */
  function noting(borrows: boolean) {
    const to = memory();
    const buffers: ArrayBufferLike[] = [];
    const noted: Destination = {
      ...to,
      capabilities: { ...to.capabilities, preferredStreamBytes: 500_000 },
      async open(options) {
        const session = await to.open(options);
        return {
          ...session,
          async begin(loadId) {
            const load = await session.begin(loadId);
            return {
              ...load,
              borrows,
              async write(table, stream) {
                buffers.push(stream.buffer);
                await load.write(table, stream.slice());
              },
            };
          },
        };
      },
    };
    return { noted, buffers, to };
  }

  test.each([true, false])("is used again only where nobody keeps it: %s", async (borrows) => {
    const { noted, buffers, to } = noting(borrows);
    const page = (from: number) => Array.from({ length: 20_000 }, (_, id) => ({ id: from + id, name: "n" }));
    const t = resource("t", {}, function* () {
      for (let from = 0; from < 100_000; from += 20_000) yield JSON.stringify(page(from));
    });
    await pipeline("p", t).run({ to: noted });
    expect(buffers.length).toBeGreaterThan(4);
    if (borrows) expect(new Set(buffers).size).toBeLessThan(buffers.length);
    else expect(new Set(buffers).size).toBe(buffers.length);
    expect(to.tables()["t"]!.map(({ id }) => id)).toEqual(Array.from({ length: 100_000 }, (_, id) => id));
  });

  test("is kept up to a limit, for the table it was of", () => {
    const kept = new StreamMemory(100);
    kept.keep("a", new ArrayBuffer(60));
    kept.keep("b", new ArrayBuffer(60));
    expect(kept.taken("b")).toBeUndefined();
    expect(kept.taken("a")!.byteLength).toBe(60);
    expect(kept.taken("a")).toBeUndefined();
    kept.keep("b", new ArrayBuffer(60));
    expect(kept.taken("b")!.byteLength).toBe(60);
  });
});
