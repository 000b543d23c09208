let last = 0;

/** A load id as dlt makes them: Unix time in seconds as text, microseconds included, later than every id before it
 *  in this process. Always six digits of fraction, so that ids sort as text.
 *  @param nowMs milliseconds since the Unix epoch */
export function nextLoadId(nowMs: number): string {
  const micros = Math.max(Math.round(nowMs * 1000), last + 1);
  last = micros;
  return `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, "0")}`;
}
