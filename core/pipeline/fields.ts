import { RunletError } from "../errors.ts";
import { tableName } from "./naming.ts";
import { parsePath } from "./path.ts";

/** A field of the data by its keys; lists on the way are passed through. Dots lead inside: `address.zip`; a key that has
 *  dots itself stands in brackets: `['first.name']`, `address["zip.code"]`.
 *  @throws RunletError PIPELINE_INVALID, saying that it is `what` */
export function fieldOf(text: string, what: string): string[] {
  let keys: string[] = [];
  try {
    keys = parsePath(text).filter((step) => step !== null);
  } catch {
    // Told below, with what it is of.
  }
  if (keys.length) return keys;
  throw new RunletError("PIPELINE_INVALID", `${what}: ${JSON.stringify(text)} names no field`, {
    hint: "a field is named as address.zip; a key that has dots itself as ['first.name']",
  });
}

/** One text per field. */
export function fieldKey(field: readonly string[]): string {
  return JSON.stringify(field);
}

/** Name of the column, or of the nested table below its root, that a field leads to. `renamed`: what a hint calls it. */
export function fieldName(
  field: readonly string[],
  renamed: (field: readonly string[]) => string | undefined,
): string {
  return field.map((key, at) => tableName(renamed(field.slice(0, at + 1)) ?? key)).join("__");
}
