import type { Json } from "../json.ts";
import type { Place } from "../pipeline/resumable.ts";
import { secret } from "../pipeline/value.ts";
import { namesCredential } from "./credential-names.ts";
import type { HttpRuntime } from "./runtime.ts";

/** A next page's address as the state keeps it. */
interface StoredPage {
  /** Origin and path of the first request, which the next run's must have, too. */
  of: string;
  url: string;
  page: number;
  /** Query parameters whose values are secrets: their names. The values are not in `url`. */
  secrets?: Record<string, string>;
}

/** The place before the page at `next`. Undefined where it is not to be remembered: on another origin than the first
 *  request's, or with credentials in it that cannot be taken out and put back. */
export async function pagePlace(
  first: URL,
  next: URL,
  page: number,
  runtime: HttpRuntime,
): Promise<Place | undefined> {
  if (next.origin !== first.origin || next.username || next.password) return undefined;
  const url = new URL(next);
  const secrets: Record<string, string> = {};
  for (const [parameter, value] of next.searchParams) {
    const name = await secretOf(value, runtime);
    if (name !== undefined) {
      secrets[parameter] = name;
      url.searchParams.set(parameter, "");
    } else if (namesCredential(parameter)) return undefined;
  }
  const of = first.origin + first.pathname;
  if ([of, url.href, decoded(url.href)].some((text) => runtime.redact(text) !== text)) return undefined;
  const stored: StoredPage = {
    of,
    url: url.href,
    page,
    ...(Object.keys(secrets).length ? { secrets } : {}),
  };
  return { at: stored as unknown as Json, label: `page ${page}` };
}

/** The page to go on with; undefined where the place is of another request. */
export async function pageAt(
  at: Json,
  first: URL,
  runtime: HttpRuntime,
): Promise<{ url: URL; page: number } | undefined> {
  const { of, url: text, page, secrets = {} } = (at ?? {}) as Partial<StoredPage>;
  if (of !== first.origin + first.pathname || typeof text !== "string" || typeof page !== "number")
    return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.origin !== first.origin) return undefined;
  for (const [parameter, name] of Object.entries(secrets))
    url.searchParams.set(parameter, await runtime.resolve(secret(name)));
  return { url, page };
}

/** The name of the secret that has this value. */
async function secretOf(value: string, runtime: HttpRuntime): Promise<string | undefined> {
  const [, name] = /^\[(.+)\]$/.exec(runtime.redact(value)) ?? [];
  if (name === undefined || name === value.slice(1, -1)) return undefined;
  // Messages name other credentials, too, such as a token that was fetched; those have no name to find them by.
  const found = await runtime.resolve(secret(name)).catch(() => undefined);
  return found === value ? name : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
