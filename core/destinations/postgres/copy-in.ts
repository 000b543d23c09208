import type { Client } from "./connection.ts";

/** What is used of the stream that postgres.js gives for a COPY: one of Node's, in every runtime. */
interface Writable {
  readonly destroyed: boolean;
  on(event: "error", listener: (error: unknown) => void): unknown;
  write(chunk: Uint8Array, done: (error?: Error | null) => void): boolean;
  end(done: (error?: Error | null) => void): unknown;
  destroy(error: Error): unknown;
}

/** What is used of a query of postgres.js beyond its types. */
interface PendingCopy {
  resolve(stream: Writable): void;
  reject(error: unknown): void;
  writable(): Promise<Writable>;
}

/** Sends chunks through `COPY … FROM STDIN`, each after the one before has left, and waits for the server's word.
 *
 *  postgres.js settles a COPY's promise when the server is ready to receive; an error after the last chunk reaches
 *  neither that promise nor the stream, which then never finishes. The query's own `reject` hears of it all the same,
 *  so it is listened to there. */
export async function copyIn(client: Client, sql: string, chunks: Iterable<Uint8Array>): Promise<void> {
  const pending = client.unsafe(sql) as unknown as PendingCopy;
  const { resolve, reject } = pending;
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, rejected) => (fail = rejected));
  failed.catch(() => undefined);
  pending.reject = (error) => {
    fail(error);
    reject.call(pending, error);
  };
  pending.resolve = (stream) => {
    pending.resolve = resolve;
    // At once: without a listener an error that comes in the same packet would end the process.
    stream.on("error", fail);
    resolve.call(pending, stream);
  };
  const stream = await Promise.race([pending.writable(), failed]);
  try {
    let sent: Promise<void> = Promise.resolve();
    for (const chunk of chunks) {
      await Promise.race([sent, failed]);
      sent = send(stream, chunk);
      sent.catch(() => undefined);
    }
    await Promise.race([sent, failed]);
  } catch (error) {
    // The server ends the statement when it hears of it; until then the connection cannot be used.
    if (!stream.destroyed) stream.destroy(new Error("cancelled"));
    await failed.catch(() => undefined);
    throw error;
  }
  const finished = new Promise<void>((done, rejected) =>
    stream.end((error) => (error ? rejected(error) : done())),
  );
  finished.catch(() => undefined);
  await Promise.race([finished, failed]);
}

function send(stream: Writable, chunk: Uint8Array): Promise<void> {
  return new Promise((done, rejected) => stream.write(chunk, (error) => (error ? rejected(error) : done())));
}
