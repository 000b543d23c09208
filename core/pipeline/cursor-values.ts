import { compareCodePoints } from "../schema/hash-json.ts";

/** Below 0 where `a` comes before `b`; undefined where they cannot be compared. Texts by code points, numbers and bigints
 *  exactly, booleans as 0 and 1: as the engine does, and dlt. */
export function compareValues(a: unknown, b: unknown): number | undefined {
  if (typeof a === "string" && typeof b === "string") return compareCodePoints(a, b);
  const [x, y] = [numeric(a), numeric(b)];
  if (x === undefined || y === undefined) return undefined;
  return x < y ? -1 : x > y ? 1 : 0;
}

function numeric(value: unknown): number | bigint | undefined {
  if (typeof value === "boolean") return Number(value);
  return typeof value === "number" || typeof value === "bigint" ? value : undefined;
}
