import { RunletError } from "../errors.ts";
import type { Config } from "./config.ts";
import type { AnyOptions, Constant } from "./options.ts";
import { stringifyRecord } from "./stringify.ts";
import { isValue } from "./value.ts";

/** What is wrong with the constants of a resource; undefined when nothing is. */
export function constantsFault({ constants }: AnyOptions): string | undefined {
  if (constants === undefined) return undefined;
  if (typeof constants !== "object" || constants === null || Array.isArray(constants))
    return "constants is no object of names and values";
  for (const [name, value] of Object.entries(constants as Record<string, unknown>)) {
    if (name.trim() === "") return "a constant has a name";
    if (isValue(value) && value.kind === "secret")
      return `constant ${name} is a secret, which every row would show: use setting("${value.name}")`;
    if (value === undefined || typeof value === "function" || typeof value === "symbol")
      return `constant ${name} is ${value === undefined ? "undefined" : `a ${typeof value}`}, which is no value of a column`;
    if (typeof value === "number" && !Number.isFinite(value)) return `constant ${name} is ${value}`;
  }
  return undefined;
}

/** The constants as the engine takes them: JSON text by name. Settings are resolved.
 *  @throws RunletError CONFIG_MISSING, CONFIG_INVALID */
export async function constantsOf(
  resource: string,
  { constants = {} }: AnyOptions,
  config: Config,
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(constants)) {
    const resolved = await config.resolve<Constant>(value as Constant, `resource ${resource}`);
    if (isValue(resolved)) throw new RunletError("DEFECT", `constant ${name} has no value`);
    found[name] = stringifyRecord(resolved);
  }
  return found;
}
