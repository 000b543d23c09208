const linked = new WeakMap<AbortSignal, Set<AbortController>>();

/** A controller that aborts with the signal, until it is released. One listener serves all of a signal's controllers:
 *  `AbortSignal.any` costs as much as a small page takes, and leaves its links to the garbage collector. */
export function linkedStop(signal: AbortSignal): { readonly stop: AbortController; release(): void } {
  const stop = new AbortController();
  if (signal.aborted) stop.abort(signal.reason);
  let all = linked.get(signal);
  if (!all) {
    const open = (all = new Set());
    linked.set(signal, open);
    signal.addEventListener("abort", () => open.forEach((each) => each.abort(signal.reason)), { once: true });
  }
  all.add(stop);
  return { stop, release: () => void all.delete(stop) };
}
