import { readFileSync } from "node:fs";
import { parse as parseEnv } from "dotenv";
import { parse as parseToml } from "smol-toml";
import { RunletError } from "../core/errors.ts";
import { machine } from "./machine.ts";

const SETTINGS = "runlet.toml";

/** Values by name. */
type Values = ReadonlyMap<string, string>;

let envFile: { path: string; required: boolean } = { path: ".env", required: false };
const read = new Map<string, { text: string; values: Values }>();

/** Reads values from this file in place of `.env`. @throws RunletError CONFIG_MISSING when there is none */
export function useEnvFile(path: string): void {
  envFile = { path, required: true };
  inEnvFile();
}

/** Where {@link environment} looks, in order. */
export function environmentPlaces(): string[] {
  return ["environment", envFile.path, SETTINGS];
}

/** A value by its name: from the environment, then `.env`, then `runlet.toml`, both in the working directory. In
 *  `runlet.toml` it is a key at the top or under `[secrets]` or `[settings]`. Empty means absent.
 *  @throws RunletError CONFIG_INVALID when a file cannot be read as what it is */
export function environment(name: string): string | undefined {
  return machine().variable(name) || inEnvFile().get(name) || inSettings().get(name) || undefined;
}

function inEnvFile(): Values {
  const { path, required } = envFile;
  return valuesOf(path, required, (text) => Object.entries(parseEnv(text)));
}

function inSettings(): Values {
  return valuesOf(SETTINGS, false, (text) => {
    const top = parseToml(text) as Record<string, unknown>;
    const sections = [top, top["settings"], top["secrets"]].filter((each) => typeof each === "object");
    return sections.flatMap((section) =>
      Object.entries(section as object).map(([name, value]) => [name, asText(value)] as const),
    );
  });
}

function asText(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "object" && !(value instanceof Date) ? JSON.stringify(value) : String(value);
}

function valuesOf(
  path: string,
  required: boolean,
  parse: (text: string) => Iterable<readonly [string, string]>,
): Values {
  const text = textOf(path, required);
  const known = read.get(path);
  if (known?.text === text) return known.values;
  try {
    const values = new Map(parse(text));
    read.set(path, { text, values });
    return values;
  } catch (cause) {
    // The parser's message quotes the text, which may be a secret.
    const { line } = cause as { line?: number };
    const where = line === undefined ? "" : ` line ${line}`;
    throw new RunletError("CONFIG_INVALID", `${path}${where} is not valid TOML`, {
      hint: 'a value is written NAME = "text"',
    });
  }
}

function textOf(path: string, required: boolean): string {
  if (!required && !machine().mayRead(path)) return "";
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT" && !required) return "";
    const reason = (cause as Error).message;
    throw new RunletError("CONFIG_MISSING", `cannot read ${path}: ${reason}`, {
      hint: "check the path",
      cause,
    });
  }
}
