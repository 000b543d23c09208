import { RunletError } from "../errors.ts";
import type { Json } from "../json.ts";

/** A value that is known only when a pipeline runs. In the function it arrives as a plain `T`. */
export interface Value<T> {
  readonly kind: "secret" | "setting";
  readonly name: string;
  readonly fallback?: T;
}

/** A credential: resolved at `run()`, and removed by value from every message, error and log of the run. */
export function secret(name: string): Value<string> {
  return Object.freeze({ kind: "secret", name: named("secret", name) } as const);
}

/** A setting: resolved at `run()`; text from the environment is read as the type of `fallback`
 *  (number, bigint, boolean, or JSON for objects and arrays). Without a fallback it is required text. */
export function setting<T = string>(name: string, fallback?: T): Value<T> {
  const value = { kind: "setting", name: named("setting", name) } as const;
  return Object.freeze(fallback === undefined ? value : { ...value, fallback });
}

export function isValue(thing: unknown): thing is Value<unknown> {
  const kind = (thing as { kind?: unknown } | null | undefined)?.kind;
  return typeof thing === "object" && (kind === "secret" || kind === "setting");
}

/** The value of a setting, from text in the environment, typed after its fallback. */
export function readSetting(
  name: string,
  text: string,
  fallback: unknown,
  parse: (text: string) => Json,
): unknown {
  const wrong = (wanted: string) =>
    new RunletError("CONFIG_INVALID", `setting ${name} is not ${wanted}`, {
      hint: `it is read as the type of its fallback, ${String(fallback)}`,
    });
  switch (typeof fallback) {
    case "number": {
      const number = Number(text);
      if (text.trim() === "" || Number.isNaN(number)) throw wrong("a number");
      return number;
    }
    case "bigint":
      if (!/^\s*[+-]?\d+\s*$/.test(text)) throw wrong("an integer");
      return BigInt(text.trim());
    case "boolean":
      if (/^(true|yes|1|on)$/i.test(text)) return true;
      if (/^(false|no|0|off|)$/i.test(text)) return false;
      throw wrong("true or false");
    case "object":
      try {
        return parse(text);
      } catch {
        throw wrong("JSON");
      }
    default:
      return text;
  }
}

function named(kind: string, name: string): string {
  if (typeof name === "string" && name.trim() !== "") return name;
  throw new RunletError("PIPELINE_INVALID", `${kind}() needs the name of an environment variable`);
}
