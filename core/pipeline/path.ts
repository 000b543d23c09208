import type { Path } from "../binding/contract.ts";
import { RunletError } from "../errors.ts";
import type { Json } from "../json.ts";

/** Reads `data.items`, `payload[*].rows`, `$.a['b.c']` into steps; `[*]` (and `*`) is every element of an array. */
export function parsePath(text: string): Path {
  const steps: (string | null)[] = [];
  const part = /\.?(?:\[\*\]|\['([^']+)'\]|\["([^"]+)"\]|([^.[\]]+))/y;
  let at = text.startsWith("$") && (text.length === 1 || text[1] === "." || text[1] === "[") ? 1 : 0;
  while (at < text.length) {
    part.lastIndex = at;
    const found = part.exec(text);
    if (!found)
      throw new RunletError("PIPELINE_INVALID", `"${text}" is no path`, {
        hint: "a path looks like data.items or payload[*].rows",
      });
    const name = found[1] ?? found[2] ?? found[3];
    steps.push(name === undefined || name === "*" ? null : name);
    at = part.lastIndex;
  }
  return steps;
}

/** The values at `path`; several where `null` steps fan out over arrays. */
export function valuesAt(value: Json | undefined, path: Path): Json[] {
  let found: Json[] = value === undefined ? [] : [value];
  for (const step of path) {
    found = found.flatMap((each) => {
      if (step === null) return Array.isArray(each) ? each : [];
      if (typeof each !== "object" || each === null || Array.isArray(each)) return [];
      const inner = Object.hasOwn(each, step) ? each[step] : undefined;
      return inner === undefined ? [] : [inner];
    });
  }
  return found;
}

/** The records at `path`: a list there gives one record per element. */
export function recordsAt(value: Json, path: Path): Json[] {
  return valuesAt(value, path).flatMap((each) => (Array.isArray(each) ? each : [each]));
}
