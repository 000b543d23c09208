/** The iterator, ending with the signal's reason as soon as it aborts, also while a value is awaited: what hangs
 *  must not hold a cancelled run. */
export function untilAborted<T>(iterator: AsyncIterator<T>, signal: AbortSignal): AsyncIterableIterator<T> {
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      signal.throwIfAborted();
      let abort: (() => void) | undefined;
      const aborted = new Promise<never>((_, reject) => {
        abort = () => reject(signal.reason as Error);
        signal.addEventListener("abort", abort);
      });
      try {
        return await Promise.race([iterator.next(), aborted]);
      } finally {
        signal.removeEventListener("abort", abort!);
      }
    },
    async return() {
      const closing = Promise.resolve(iterator.return?.()).catch(() => undefined);
      // An iterator that hangs would hang here, too.
      if (!signal.aborted) await closing;
      return { done: true, value: undefined };
    },
  };
}
