/** Milliseconds of work after which others have their turn. */
const TURN = 50;

/** Lets the thread's timers, messages and signals have their turn now and then: data that is there already would else
 *  keep a run from noticing that it is cancelled. */
export function breathing(now: () => number): () => Promise<void> {
  let last = now();
  return async () => {
    if (now() - last < TURN) return;
    await new Promise((resolve) => setTimeout(resolve));
    last = now();
  };
}
