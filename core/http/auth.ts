import { RunletError } from "../errors.ts";
import { isValue, type Value } from "../pipeline/value.ts";
import type { HttpRuntime } from "./runtime.ts";

/** Credentials of an API. They are resolved at the first request. */
export interface Auth {
  readonly scheme: "bearer" | "basic" | "apiKey" | "oauth2";
}

/** A request about to be sent. */
export interface Unsigned {
  readonly url: URL;
  readonly headers: Headers;
}

interface Signer extends Auth {
  /** Puts the credentials into the request. `renew`: those used before were refused. */
  sign(request: Unsigned, runtime: HttpRuntime, renew: boolean): Promise<void>;
  /** Whether {@link Signer.sign} with `renew` can give other credentials. */
  readonly renewable: boolean;
  /** The query parameter that carries the credentials. */
  readonly parameter?: string | undefined;
}

function auth(scheme: Auth["scheme"], sign: Signer["sign"], renewable = false, parameter?: string): Auth {
  return Object.freeze({ scheme, sign, renewable, parameter });
}

export function asSigner(auth: Auth): Signer {
  if (typeof (auth as Partial<Signer>).sign === "function") return auth as Signer;
  throw new RunletError("PIPELINE_INVALID", "auth is none of bearer(), basic(), apiKey(), oauth2()");
}

/** `Authorization: Bearer …` (RFC 6750). */
export function bearer(token: Value<string>): Auth {
  mustBeValue("bearer", token);
  return auth("bearer", async ({ headers }, runtime) => {
    headers.set("authorization", `Bearer ${await runtime.resolve(token)}`);
  });
}

/** `Authorization: Basic …` (RFC 7617), UTF-8. */
export function basic(user: Value<string>, password: Value<string>): Auth {
  mustBeValue("basic", user, password);
  return auth("basic", async ({ headers }, runtime) => {
    const pair = `${await runtime.resolve(user)}:${await runtime.resolve(password)}`;
    runtime.conceal(pair, "credentials");
    headers.set("authorization", `Basic ${base64(pair)}`);
  });
}

/** A key in a header or a query parameter called `name`. */
export function apiKey(name: string, value: Value<string>, where: "header" | "query" = "header"): Auth {
  mustBeValue("apiKey", value);
  const sign: Signer["sign"] = async ({ url, headers }, runtime) => {
    const key = await runtime.resolve(value);
    if (where === "header") headers.set(name, key);
    else url.searchParams.set(name, key);
  };
  return auth("apiKey", sign, false, where === "query" ? name : undefined);
}

export interface OAuth2Options {
  tokenUrl: string;
  clientId: Value<string>;
  clientSecret: Value<string>;
  scope?: string;
}

/** OAuth 2.0 client credentials (RFC 6749 §4.4). The token is kept for the run until 30 s before it expires, and
 *  fetched anew once when it is refused. */
export function oauth2(options: OAuth2Options): Auth {
  mustBeValue("oauth2", options.clientId, options.clientSecret);
  // Keyed by the run (each has one signal), so that two runs with other credentials never share a token.
  const tokens = new WeakMap<AbortSignal, { token: Promise<Token>; started: number }>();
  return auth(
    "oauth2",
    async ({ headers }, runtime, renew) => {
      let kept = tokens.get(runtime.signal);
      if (kept) {
        const { expiresIn } = await kept.token;
        if (runtime.now() > kept.started + (expiresIn - 30) * 1000) renew = true;
      }
      if (!kept || renew) {
        kept = { token: fetchToken(options, runtime), started: runtime.now() };
        tokens.set(runtime.signal, kept);
      }
      headers.set("authorization", `Bearer ${(await kept.token).value}`);
    },
    true,
  );
}

interface Token {
  value: string;
  /** Seconds. */
  expiresIn: number;
}

async function fetchToken(options: OAuth2Options, runtime: HttpRuntime): Promise<Token> {
  const form = new URLSearchParams({ grant_type: "client_credentials" });
  if (options.scope) form.set("scope", options.scope);
  const id = encodeURIComponent(await runtime.resolve(options.clientId));
  const pair = `${id}:${encodeURIComponent(await runtime.resolve(options.clientSecret))}`;
  runtime.conceal(pair, "credentials");
  const { host } = new URL(options.tokenUrl);
  let response: Response;
  try {
    response = await runtime.fetch(options.tokenUrl, {
      method: "POST",
      headers: {
        authorization: `Basic ${base64(pair)}`,
        "content-type": "application/x-www-form-urlencoded",
        accept: "application/json",
      },
      body: form.toString(),
      signal: runtime.signal,
    });
  } catch (cause) {
    if (runtime.signal.aborted) throw new RunletError("CANCELLED", "the run was cancelled", { cause });
    throw new RunletError("SOURCE_NETWORK", `no answer from ${host} (oauth2 token)`, { cause });
  }
  const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const value = answer["access_token"];
  if (!response.ok || typeof value !== "string") {
    const said = typeof answer["error"] === "string" ? ` "${answer["error"]}"` : "";
    throw new RunletError("SOURCE_HTTP", `${host} gave no token: ${response.status}${said}`, {
      where: { url: options.tokenUrl, status: response.status },
      hint: "check the client id, the client secret and the scope of oauth2()",
    });
  }
  runtime.conceal(value, "oauth2 token");
  const expires = Number(answer["expires_in"]);
  return { value, expiresIn: Number.isFinite(expires) && expires > 0 ? expires : 3600 };
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function mustBeValue(scheme: string, ...values: unknown[]): void {
  for (const value of values) {
    if (!isValue(value)) {
      throw new RunletError("PIPELINE_INVALID", `${scheme}() takes secrets, not text`, {
        hint: `write ${scheme}(secret("NAME")) and set NAME in the environment`,
      });
    }
  }
}
