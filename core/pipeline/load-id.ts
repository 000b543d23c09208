let last = 0;

/** A load id as dlt makes them: Unix time in seconds as text, microseconds included, later than every id before it
 *  in this process, and than `after`: a clock that was set back must not order loads wrongly. Always six digits of
 *  fraction, so that ids sort as text.
 *  @param nowMs milliseconds since the Unix epoch
 *  @param after microseconds since the Unix epoch */
export function nextLoadId(nowMs: number, after = 0): string {
  const micros = Math.max(Math.round(nowMs * 1000), last + 1, after + 1);
  last = micros;
  return `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, "0")}`;
}

/** The time a load id stands for, ISO 8601 with microseconds; `now`, in milliseconds, for an id of another kind. */
export function loadTime(loadId: string, now: number): string {
  const micros = loadMicros(loadId);
  return isoMicros(Number.isSafeInteger(micros) && micros > 0 ? micros : Math.floor(now * 1000));
}

/** Microseconds since the Unix epoch as ISO 8601. */
export function isoMicros(micros: number): string {
  const fraction = String(micros % 1000).padStart(3, "0");
  return new Date(Math.floor(micros / 1000)).toISOString().replace("Z", `${fraction}+00:00`);
}

/** Microseconds since the Unix epoch; NaN for an id of another kind. */
export function loadMicros(loadId: string): number {
  return Math.round(Number(loadId) * 1e6);
}
