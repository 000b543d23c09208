import { hostLimits } from "../host.ts";

/** Bodies up to this size are complete before their first byte is normalised, so that a broken one can be asked for
 *  again, unless the host has little memory. Bytes. */
export const WHOLE_BODY_BYTES = 16 * 1024 * 1024;

/** The start of a stream: all of it (`rest` is undefined) or its first part. */
export interface Held {
  bytes: Uint8Array;
  rest: ReadableStreamDefaultReader<Uint8Array> | undefined;
}

/** Reads a stream up to `limit`, by default as far as the host's memory lets a body be held. */
export async function hold(
  stream: ReadableStream<Uint8Array>,
  limit = hostLimits().bodyBytes ?? WHOLE_BODY_BYTES,
): Promise<Held> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (size < limit) {
    const { done, value } = await reader.read();
    if (done) return { bytes: joined(chunks, size), rest: undefined };
    chunks.push(value);
    size += value.byteLength;
  }
  return { bytes: joined(chunks, size), rest: reader };
}

/** A stream of what was held and of what follows. */
export function unheld({ bytes, rest }: Held): ReadableStream<Uint8Array> {
  let first: Uint8Array | undefined = bytes;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (first) {
        controller.enqueue(first);
        first = undefined;
        return;
      }
      const next = rest ? await rest.read() : { done: true as const, value: undefined };
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel(reason) {
      await rest?.cancel(reason);
    },
  });
}

function joined(chunks: Uint8Array[], size: number): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all;
}
