import { compareCodePoints } from "../schema/hash-json.ts";

/** Below 0 where `a` comes before `b`; undefined where they cannot be compared. Texts by code points (a time that ends in Z
 *  before those with more of its fraction), numbers and bigints exactly, booleans as 0 and 1: as the engine does. */
export function compareValues(a: unknown, b: unknown): number | undefined {
  if (typeof a === "string" && typeof b === "string")
    return isFinerTime(a, b) ? -1 : isFinerTime(b, a) ? 1 : compareCodePoints(a, b);
  const [x, y] = [numeric(a), numeric(b)];
  if (x === undefined || y === undefined) return undefined;
  return x < y ? -1 : x > y ? 1 : 0;
}

function numeric(value: unknown): number | bigint | undefined {
  if (typeof value === "boolean") return Number(value);
  return typeof value === "number" || typeof value === "bigint" ? value : undefined;
}

/** Characters of a time with seconds and Z. */
const SECONDS = 20;

/** Whether `b` is the time `a`, which ends in Z, with more of its fraction: it is later then, though Z comes after digits. */
function isFinerTime(a: string, b: string): boolean {
  const shared = a.length - 1;
  return (
    a.length >= SECONDS &&
    a.length < b.length &&
    a.endsWith("Z") &&
    b.endsWith("Z") &&
    /^.{4}-.{5}[T ]/.test(a) &&
    b.startsWith(a.slice(0, shared)) &&
    // More zeros are the same time.
    /^\.?0*[1-9]/.test(b.slice(shared))
  );
}
