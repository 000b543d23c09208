/** The iterator, ending with the signal's reason as soon as it aborts, also while a value is awaited: what hangs
 *  must not hold a cancelled run. It listens to the signal until it ends; then, or at the abort, the iterator is closed:
 *  `for await` does not close what fails, which would leave files open. */
export function untilAborted<T>(iterator: AsyncIterator<T>, signal: AbortSignal): AsyncIterableIterator<T> {
  let fail: ((reason: unknown) => void) | undefined;
  let closing: Promise<unknown> | undefined;
  const close = () => (closing ??= (async () => iterator.return?.())().catch(() => undefined));
  const abort = () => {
    fail?.(signal.reason);
    void close();
  };
  const over = () => signal.removeEventListener("abort", abort);
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort);
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next() {
      return new Promise((resolve, reject) => {
        signal.throwIfAborted();
        fail = reject;
        iterator.next().then(
          (result) => {
            if (result.done) over();
            resolve(result);
          },
          (error: unknown) => {
            over();
            reject(error as Error);
          },
        );
      });
    },
    async return() {
      over();
      const closed = close();
      // An iterator that hangs would hang here, too.
      if (!signal.aborted) await closed;
      return { done: true, value: undefined };
    },
  };
}
