import type { HttpConfig } from "./config.ts";
import { pause } from "./pause.ts";

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
    await pause(at - now(), signal);
  }
}

const rates = new WeakMap<AbortSignal, Map<HttpConfig, Rate>>();

/** The rate of an API within one run (each has one signal), shared by all that use the API. */
export function rateOf(config: HttpConfig | undefined, run: AbortSignal): Rate {
  if (!config?.options.rate) return new Rate(undefined);
  let known = rates.get(run);
  if (!known) rates.set(run, (known = new Map()));
  let rate = known.get(config);
  if (!rate) known.set(config, (rate = new Rate(config.options.rate)));
  return rate;
}
