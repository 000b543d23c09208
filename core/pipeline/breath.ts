/** Milliseconds of work after which others have their turn. */
const TURN = 50;

/** Lets the thread's timers, messages and signals have their turn now and then: data that is there already would else
 *  keep a run from noticing that it is cancelled. Undefined while there is nothing to wait for. */
export function breathing(now: () => number): () => Promise<void> | undefined {
  let last = now();
  const breathe = async () => {
    await new Promise((resolve) => setTimeout(resolve));
    last = now();
  };
  return () => (now() - last < TURN ? undefined : breathe());
}
