/** Goes through `starts` in order, with up to `parallel` of them under way: each is started and asked for its first
 *  value early, and consumed only when its turn has come. What comes out is the same whatever `parallel` is. */
export async function inOrder<T>(
  starts: Iterable<() => AsyncIterator<T>>,
  parallel: number,
  consume: (values: AsyncIterator<T>, index: number) => Promise<boolean>,
): Promise<void> {
  const waiting: { iterator: AsyncIterator<T>; first: Promise<IteratorResult<T>> }[] = [];
  const source = starts[Symbol.iterator]();
  const fill = () => {
    while (waiting.length < parallel) {
      const next = source.next();
      if (next.done) return;
      const iterator = next.value();
      const first = iterator.next();
      // A failure is reported when its turn comes, not as an unhandled rejection before.
      first.catch(() => undefined);
      waiting.push({ iterator, first });
    }
  };
  try {
    fill();
    for (let index = 0; waiting.length > 0; index++) {
      const { iterator, first } = waiting.shift()!;
      // One less waits while this one is consumed: it is itself under way.
      const goOn = await consume(resumed(iterator, first), index);
      if (!goOn) break;
      fill();
    }
  } finally {
    for (const { iterator, first } of waiting) {
      void first.then(() => iterator.return?.()).catch(() => undefined);
    }
  }
}

/** The iterator with the value that was taken early put back. */
function resumed<T>(iterator: AsyncIterator<T>, first: Promise<IteratorResult<T>>): AsyncIterator<T> {
  let early: Promise<IteratorResult<T>> | undefined = first;
  return {
    next() {
      const result = early ?? iterator.next();
      early = undefined;
      return result;
    },
    async return(value) {
      return (await iterator.return?.(value)) ?? { done: true, value };
    },
  };
}
