/** Bytes that are read into memory of the reader's. */
export interface Refill {
  /** Reads the next bytes to the start of `into`; resolves to how many they are, 0 at the end. */
  read(into: Uint8Array): Promise<number>;
  /** After the last read has ended. */
  close(): Promise<void>;
}

/** Bytes that tell gzip. */
export const MAGIC_BYTES = 2;

const refills = new WeakMap<object, () => Refill>();

/** Notes that the bytes of the stream can be had without it, into memory that is used again and again: what a stream
 *  allocates for each of its chunks stays until the garbage collector comes, which is when tens of megabytes have gathered. */
export function refillable<T extends object>(stream: T, open: () => Refill): T {
  refills.set(stream, open);
  return stream;
}

export function refillOf(stream: object): Refill | undefined {
  return refills.get(stream)?.();
}

/** Memory of readings that have ended: a load may be of many files. */
const spare: Uint8Array<ArrayBuffer>[] = [];
const MOST_SPARE = 4;

function room(bytes: number): Uint8Array<ArrayBuffer> {
  const memory = spare.pop();
  return memory?.byteLength === bytes ? memory : new Uint8Array(bytes);
}

/** The bytes, in two pieces of memory by turns: one is filled while the other is worked on. Each chunk is good until the next
 *  is asked for. */
export async function* refilled(refill: Refill, chunkBytes: number): AsyncGenerator<Uint8Array> {
  let [at, ahead] = [room(chunkBytes), room(chunkBytes)];
  let reading = begun(refill, at);
  let isOver = false;
  try {
    for (let length = await reading; length > 0; length = await reading) {
      reading = refill.read(ahead);
      // A failure is told when its turn comes.
      reading.catch(() => undefined);
      yield at.subarray(0, length);
      [at, ahead] = [ahead, at];
    }
    isOver = true;
  } finally {
    const close = () => refill.close();
    const closed = reading.then(close, close);
    // Who has seen enough does not wait for a pipe that has nothing more to give.
    if (isOver) {
      spare.push(...[at, ahead].slice(0, MOST_SPARE - spare.length));
      await closed;
    } else closed.catch(() => undefined);
  }
}

/** The first bytes: enough to tell by them what follows. */
async function begun(refill: Refill, into: Uint8Array): Promise<number> {
  let length = 0;
  for (let more = -1; length < MAGIC_BYTES && more !== 0; length += more)
    more = await refill.read(into.subarray(length));
  return length;
}
