import { RunletError } from "../errors.ts";
import type { Refresh } from "../pipeline/run-options.ts";

/** What a request to run may ask for. */
export interface RunRequest {
  only?: string[];
  limit?: number;
  refresh?: Refresh;
  /** Whether the answer comes when the run has ended (default), or at once. */
  wait?: boolean;
}

const REFRESHES = ["data", "resources", "sources"];
const KNOWN = ["only", "limit", "refresh", "wait"];
/** Bytes that a body with options may have. */
const MOST = 65_536;

/** The text of a body with options. @throws RunletError USAGE where it is too long to be one */
export async function optionsText(body: ReadableStream<Uint8Array> | null): Promise<string> {
  if (!body) return "";
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    bytes += part.value.byteLength;
    if (bytes > MOST) {
      await reader.cancel();
      throw wrong(`the body has more than ${MOST} bytes`, "records to load go to POST /load/<resource>");
    }
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
}

/** Reads `?only=a,b&limit=10&refresh=true&wait=false`, or the same as a JSON object in the body; the query wins.
 *  @throws RunletError USAGE */
export function readRunRequest(query: URLSearchParams, body: string): RunRequest {
  const asked: Record<string, unknown> = { ...objectIn(body) };
  for (const name of new Set(query.keys())) asked[name] = query.getAll(name).join(",");
  return checkRunRequest(asked);
}

/** The same from an object, whose values may be text. @throws RunletError USAGE */
export function checkRunRequest(asked: Record<string, unknown>): RunRequest {
  const unknown = Object.keys(asked).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) throw wrong(`${unknown} is no option of a run`, `it has: ${KNOWN.join(", ")}`);
  const { only, limit } = asked;
  const found: RunRequest = {};
  if (only !== undefined) found.only = names(only);
  if (limit !== undefined) {
    found.limit = Number(limit);
    if (
      !["number", "string"].includes(typeof limit) ||
      limit === "" ||
      !Number.isInteger(found.limit) ||
      found.limit < 1
    )
      throw wrong(`limit is ${JSON.stringify(limit)}`, "it is a whole number from 1");
  }
  const { refresh, wait } = asked;
  if (REFRESHES.includes(refresh as string)) found.refresh = refresh as Refresh;
  else if (refresh !== undefined) found.refresh = truth("refresh", refresh, `, ${REFRESHES.join(", ")}`);
  if (wait !== undefined) found.wait = truth("wait", wait);
  return found;
}

function truth(name: string, value: unknown, more = ""): boolean {
  if (![true, false, "true", "false"].includes(value as string))
    throw wrong(`${name} is ${JSON.stringify(value)}`, `it is true or false${more}`);
  return value === true || value === "true";
}

function names(only: unknown): string[] {
  const all = typeof only === "string" ? only.split(",") : only;
  if (Array.isArray(all) && all.length > 0 && all.every((name) => typeof name === "string" && name !== ""))
    return all as string[];
  throw wrong("only names no resource", 'it is a list of names: only=a,b or {"only": ["a", "b"]}');
}

function objectIn(body: string): object {
  if (body.trim() === "") return {};
  let found: unknown;
  try {
    found = JSON.parse(body);
  } catch {
    found = undefined;
  }
  if (typeof found === "object" && found !== null && !Array.isArray(found)) return found;
  throw wrong("the body is no JSON object", 'it looks like {"only": ["issues"], "limit": 100}');
}

function wrong(message: string, hint: string): RunletError {
  return new RunletError("USAGE", message, { hint });
}
