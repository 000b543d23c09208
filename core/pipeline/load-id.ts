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

/** Microseconds since the Unix epoch; NaN for an id of another kind. */
export function loadMicros(loadId: string): number {
  return Math.round(Number(loadId) * 1e6);
}
