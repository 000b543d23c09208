/** Lets at most `perSecond` callers pass each second, evenly spaced. */
export class Rate {
  private free = 0;
  private readonly gapMs: number;

  constructor(perSecond: number | undefined) {
    this.gapMs = perSecond && perSecond > 0 ? 1000 / perSecond : 0;
  }

  async pass(now: () => number, signal: AbortSignal): Promise<void> {
    if (this.gapMs === 0) return;
    const at = Math.max(now(), this.free);
    this.free = at + this.gapMs;
    const wait = at - now();
    if (wait <= 0) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, wait);
      signal.addEventListener("abort", done);
    });
  }
}
