import { RunletError } from "../core/errors.ts";
import { deno, granted } from "./deno.ts";

/** The function, with a missing permission said in runlet's words.
 *  @throws RunletError CONFIG_MISSING, with the flag that grants it */
export function withLeave<T extends unknown[], R>(work: (...given: T) => R): (...given: T) => R {
  return (...given) => {
    try {
      const result = work(...given);
      return result instanceof Promise
        ? (result.catch((error: unknown) => Promise.reject(asked(error))) as R)
        : result;
    } catch (error) {
      throw asked(error);
    }
  };
}

/** All methods of an object so. */
export function eachWithLeave<T extends object>(object: T): T {
  const entries = Object.entries(object).map(([name, value]) => [
    name,
    typeof value === "function" ? withLeave(value.bind(object) as (...given: unknown[]) => unknown) : value,
  ]);
  return Object.fromEntries(entries) as T;
}

/** Refuses to read what a path or a glob names without leave: the files would seem not to exist. */
export function mustRead(pattern: string): void {
  const fixed = pattern.replace(/[^/\\]*[*?[{].*$/, "");
  const path = fixed === "" ? "." : fixed;
  if (granted({ name: "read", path })) return;
  throw missing(`read access to "${path}"`, `--allow-read=${path}`, undefined);
}

/** Refuses to keep load packages in a folder without leave. */
export function mustKeep(path: string): void {
  const names = ["read", "write"] as const;
  if (names.every((name) => granted({ name, path }))) return;
  throw new RunletError(
    "CONFIG_MISSING",
    `Deno gives no read and write access to "${path}", where runs are kept until they are loaded`,
    {
      hint: `run it with: deno run --allow-read=${path} --allow-write=${path} …, or without such a place: run({ packages: "none" })`,
    },
  );
}

function asked(error: unknown): unknown {
  let at = error;
  for (let depth = 0; at instanceof Error && depth < 8; depth++) {
    if (at instanceof deno.errors.NotCapable) {
      const [, access = "more", of, flag = "--allow-all"] =
        /Requires (\w+ access(?: to "([^"]*)")?)[^]*?(--allow-[a-z]+)/.exec(at.message) ?? [];
      return missing(access, of === undefined ? flag : `${flag}=${of}`, error);
    }
    at = (at as Error).cause ?? (at as { storage?: unknown }).storage;
  }
  return error;
}

function missing(access: string, flag: string, cause: unknown): RunletError {
  return new RunletError("CONFIG_MISSING", `Deno gives no ${access}`, {
    hint: `run it with: deno run ${flag} …`,
    ...(cause === undefined ? {} : { cause }),
  });
}
