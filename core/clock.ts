/** Milliseconds by which the steady clock may be off. */
const TOLERANCE = 1000;

/** A clock in milliseconds since the Unix epoch, with fractions. It runs evenly, and is set when the wall clock says
 *  something else: while a laptop sleeps or a function's container is frozen, the steady clock stands still. */
export function epochClock(wall = () => Date.now(), steady = () => performance.now()): () => number {
  let origin = wall() - steady();
  return () => {
    const now = origin + steady();
    const off = wall() - now;
    if (Math.abs(off) <= TOLERANCE) return now;
    origin += off;
    return now + off;
  };
}
