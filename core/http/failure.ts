import { RunletError } from "../errors.ts";
import type { Json } from "../json.ts";
import { parseLossless } from "../lossless-json.ts";
import { mayNameCredential } from "./credential-names.ts";
import type { HttpRuntime } from "./runtime.ts";

/** An address fit for a message: no user, no secret values, no parameter that is named like a credential. */
export function printable(url: URL | string, runtime: Pick<HttpRuntime, "redact">): string {
  const copy = new URL(url);
  copy.username = copy.password = "";
  for (const name of [...copy.searchParams.keys()]) {
    if (mayNameCredential(name)) copy.searchParams.set(name, "…");
  }
  return runtime.redact(copy.href).replaceAll("%E2%80%A6", "…");
}

/** The error of an answer that is no success, with what the server said and what to do. Reads the body. */
export async function httpFailure(
  response: Response,
  request: { label: string; url: URL; authorised: boolean },
  runtime: HttpRuntime,
): Promise<RunletError> {
  const { status } = response;
  const said = excerpt(await readSome(response));
  const message = `${request.label}: ${status}${said ? ` "${said}"` : response.statusText ? ` ${response.statusText}` : ""}`;
  return new RunletError("SOURCE_HTTP", runtime.redact(message), {
    where: { url: printable(request.url, runtime), status },
    hint: `nothing loaded (a load is whole or absent)${advice(response, request.authorised)}`,
  });
}

function advice(response: Response, authorised: boolean): string {
  const { status, headers } = response;
  const exhausted =
    headers.get("x-ratelimit-remaining") === "0" || headers.get("ratelimit-remaining") === "0";
  if (status === 429 || ((status === 403 || status === 503) && (exhausted || headers.has("retry-after")))) {
    const when = resets(headers);
    return `; ${when ? `resets ${when}` : "the rate limit is used up"} · ${authorised ? "" : "give credentials (auth) or "}rerun then, or set rate`;
  }
  switch (status) {
    case 401:
      return authorised
        ? " · the credentials were refused: check that the secret is current"
        : ' · no credentials were sent: http(base, { auth: bearer(secret("NAME")) })';
    case 403:
      return authorised ? " · the credentials lack the permission" : " · it may need credentials (auth)";
    case 404:
      return ` · check the path${authorised ? "; what the credentials may not see is often 404, too" : "; private data is often 404 without credentials"}`;
    default:
      return status >= 500 ? " · the server failed after every retry: rerun later" : "";
  }
}

/** `12:41` UTC, or a date when it is not within a day. */
function resets(headers: Headers): string | undefined {
  const after = headers.get("retry-after");
  const reset = headers.get("x-ratelimit-reset") ?? headers.get("ratelimit-reset");
  const now = Date.now();
  let at = Number.NaN;
  if (after) at = /^\d+$/.test(after) ? now + Number(after) * 1000 : Date.parse(after);
  else if (reset) at = Number(reset) > 1e9 ? Number(reset) * 1000 : now + Number(reset) * 1000;
  if (!Number.isFinite(at) || Math.abs(at) > 8e15) return undefined;
  const iso = new Date(at).toISOString();
  return at - now < 86_400_000 ? `${iso.slice(11, 16)} UTC` : iso.slice(0, 10);
}

/** What a body says, in at most 160 characters on one line. */
export function excerpt(body: string): string {
  let text = body;
  if (/^\s*[{[]/.test(body)) {
    try {
      text = spoken(parseLossless(body)) ?? body;
    } catch {
      text = body;
    }
  } else if (/^\s*</.test(body)) {
    text = /<title[^>]*>([^<]*)/i.exec(body)?.[1] ?? body.replace(/<[^>]*>/g, " ");
  }
  text = text.replace(/\s+/g, " ").trim();
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}

function spoken(body: Json): string | undefined {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return undefined;
  for (const key of ["message", "error_description", "detail", "error", "title", "errors"]) {
    const said = body[key];
    if (typeof said === "string") return said;
    if (typeof said === "object" && said !== null)
      return spoken(Array.isArray(said) ? (said[0] ?? null) : said);
  }
  return undefined;
}

async function readSome(response: Response): Promise<string> {
  if (!response.body) return "";
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    while (text.length < 65_536) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    // What came is enough for a message.
  }
  await reader.cancel().catch(() => undefined);
  return text;
}
