import { RunletError } from "../errors.ts";
import { hold, type Held } from "../http/body.ts";
import type { Bytes } from "./data.ts";
import { isBlob, isResponse } from "./kinds.ts";
import { originOf } from "./origin.ts";
import { MAGIC_BYTES, type Refill, refilled, refillOf } from "./refill.ts";

/** Bytes per push: enough to hide the call, little enough to stay in the cache. */
const CHUNK_BYTES = 256 * 1024;

/** The bytes of a piece, unpacked when they are gzip (RFC 1952; no JSON begins with its two magic bytes).
 *  Up to 16 MB of an HTTP body are complete before the first chunk comes, so that a broken connection leaves no part of
 *  a page; other streams flow as they come. Each chunk is good until the next is asked for. @throws RunletError SOURCE_NETWORK when a `Response` breaks off */
export async function* chunks(piece: Bytes): AsyncGenerator<Uint8Array> {
  if (piece instanceof Uint8Array) yield* unpacked({ bytes: piece, rest: undefined });
  else if (piece instanceof ArrayBuffer) yield* unpacked({ bytes: new Uint8Array(piece), rest: undefined });
  else if (!isResponse(piece)) {
    const refill = refillOf(piece);
    if (refill) yield* unpackedFrom(refill);
    else yield* unpacked(await hold(stream(piece), MAGIC_BYTES));
  } else {
    const whole = originOf(piece)?.bytes;
    if (whole) yield* unpacked({ bytes: whole, rest: undefined });
    else yield* received(piece);
  }
}

async function* received(response: Response): AsyncGenerator<Uint8Array> {
  const body = bodyOf(response);
  try {
    yield* unpacked(await hold(body));
  } catch (cause) {
    if (cause instanceof RunletError) throw cause;
    throw new RunletError("SOURCE_NETWORK", "the answer broke off in the middle", {
      ...(response.url ? { where: { url: response.url } } : {}),
      hint: "nothing loaded (a load is whole or absent) · rerun; http.get() and http.pages() try again by themselves",
      cause,
    });
  }
}

/** The bytes of a refill, unpacked when they are gzip. */
async function* unpackedFrom(refill: Refill): AsyncGenerator<Uint8Array> {
  const parts = refilled(refill, CHUNK_BYTES);
  for await (const first of parts) {
    if (!isPacked(first)) {
      yield first;
      yield* parts;
      return;
    }
    // What unpacks them keeps them for a while.
    const rest = {
      async read() {
        const { done, value } = await parts.next();
        return done ? { done, value: undefined } : { done: false as const, value: value.slice() };
      },
      cancel: async () => void (await parts.return(undefined)),
    };
    yield* drained(unzipped(first.slice(), rest));
    return;
  }
}

function isPacked(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

async function* unpacked(held: Held): AsyncGenerator<Uint8Array> {
  if (isPacked(held.bytes)) yield* drained(unzipped(held.bytes, held.rest));
  else {
    yield* cut(held.bytes);
    if (held.rest) yield* drained(held.rest);
  }
}

function stream(piece: ReadableStream<Uint8Array> | Blob): ReadableStream<Uint8Array> {
  return isBlob(piece) ? (piece.stream() as ReadableStream<Uint8Array>) : asBytes(piece);
}

function bodyOf(response: Response): ReadableStream<Uint8Array> {
  const { body, bodyUsed, ok, status, url } = response;
  if (bodyUsed) {
    throw new RunletError("SOURCE_FAILED", "a Response was yielded after its body had been read", {
      hint: "yield the Response itself, or what was read from it; response.clone() for both",
    });
  }
  if (!ok) {
    throw new RunletError("SOURCE_HTTP", `the server answered ${status}`, {
      where: { status, ...(url ? { url } : {}) },
    });
  }
  return body ?? new Blob([]).stream();
}

/** Streams of text are taken as well; anything else in a stream is named. */
function asBytes(stream: ReadableStream<unknown>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return stream.pipeThrough(
    new TransformStream<unknown, Uint8Array>({
      transform(chunk, controller) {
        if (chunk instanceof Uint8Array) controller.enqueue(chunk);
        else if (typeof chunk === "string") controller.enqueue(encoder.encode(chunk));
        else if (chunk instanceof ArrayBuffer) controller.enqueue(new Uint8Array(chunk));
        else
          throw new RunletError("SOURCE_FAILED", `a stream gave ${typeof chunk}, not bytes`, {
            hint: "yield objects from a generator",
          });
      },
    }),
  );
}

function unzipped(
  first: Uint8Array,
  rest: Pick<ReadableStreamDefaultReader<Uint8Array>, "read" | "cancel"> | undefined,
) {
  let started = false;
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const next = started ? await rest?.read() : { done: false, value: first };
      started = true;
      if (!next || next.done) controller.close();
      else controller.enqueue(next.value as Uint8Array<ArrayBuffer>);
    },
    cancel: (reason) => rest?.cancel(reason),
  });
  return packed
    .pipeThrough(new DecompressionStream("gzip"))
    .getReader() as ReadableStreamDefaultReader<Uint8Array>;
}

async function* drained(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Uint8Array> {
  let over = false;
  try {
    while (!over) {
      const { done, value } = await reader.read();
      over = done;
      if (value) yield* cut(value);
    }
  } finally {
    if (!over) await reader.cancel().catch(() => undefined);
  }
}

function* cut(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
}
