/** The iterator, ending with the signal's reason as soon as it aborts, also while a value is awaited: what hangs
 *  must not hold a cancelled run. It listens to the signal until it ends. */
export function untilAborted<T>(iterator: AsyncIterator<T>, signal: AbortSignal): AsyncIterableIterator<T> {
  let fail: ((reason: unknown) => void) | undefined;
  const abort = () => fail?.(signal.reason);
  const over = () => signal.removeEventListener("abort", abort);
  signal.addEventListener("abort", abort);
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
      const closing = Promise.resolve(iterator.return?.()).catch(() => undefined);
      // An iterator that hangs would hang here, too.
      if (!signal.aborted) await closing;
      return { done: true, value: undefined };
    },
  };
}
