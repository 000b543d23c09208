import { RunletError } from "../errors.ts";
import { host } from "../host.ts";
import { mayNameCredential } from "./credential-names.ts";

/** Says to a `fetch` of runlet's which query parameter carries credentials, by whatever name the API wants them. */
export const CREDENTIAL_PARAMETER = Symbol("credential parameter");

export interface CredentialInit extends RequestInit {
  [CREDENTIAL_PARAMETER]?: string | undefined;
}

/** A `fetch` that answers from files of a folder, without network. A request `GET https://api.github.com/repos/x/issues
 *  ?page=2&state=all` is answered by `<dir>/api.github.com/repos/x/issues@page=2&state=all.json`: host, path, and after
 *  `@` the query with its parameters sorted; no `@` without a query. Characters that file names cannot have
 *  (`< > : " | ? * % \` and controls) are percent-encoded; a path that ends in `/` is called `index`. The file is the
 *  body. Beside it, `….meta.json` may hold `{"status": 404, "headers": {"link": "…"}}`; without it: 200, JSON.
 *  {@link record} writes such a folder. Other methods than GET have it in front: `POST api.github.com/…`. */
export function replay(dir: string): typeof fetch {
  return async (input, init) => {
    const { url, method } = asked(input, init);
    const path = recordingPath(dir, method, url);
    const body = await readWhole(path);
    if (!body) {
      throw new RunletError(
        "SOURCE_NOT_FOUND",
        `no recording of ${method} ${url.origin}${url.pathname}${shown(url)}`,
        {
          hint: `wanted: ${path} · record it: run({ fetch: record(${JSON.stringify(dir)}) })`,
        },
      );
    }
    const meta = await readWhole(`${path.slice(0, -".json".length)}.meta.json`);
    const { status = 200, headers = {} } = meta
      ? (JSON.parse(new TextDecoder().decode(meta)) as { status?: number; headers?: Record<string, string> })
      : {};
    const bodiless = status === 204 || status === 205 || status === 304;
    return new Response(bodiless ? null : body, {
      status,
      headers: { "content-type": "application/json", ...headers },
    });
  };
}

/** A `fetch` that asks the network and keeps each answer as {@link replay} reads it. Request headers are not kept, nor
 *  query parameters that are named like credentials. */
export function record(dir: string, through: typeof fetch = globalThis.fetch): typeof fetch {
  return async (input, init) => {
    const { url, method } = asked(input, init);
    const { writeFile } = host();
    if (!writeFile) throw new RunletError("STORAGE_FAILED", "record() needs a file system");
    const response = await through(input, init);
    const body = new Uint8Array(await response.arrayBuffer());
    const path = recordingPath(dir, method, url);
    await writeFile(path, body);
    const headers: Record<string, string> = {};
    for (const name of ["content-type", "link", "retry-after"]) {
      const value = response.headers.get(name);
      if (value !== null) headers[name] = value;
    }
    const meta = new TextEncoder().encode(`${JSON.stringify({ status: response.status, headers })}\n`);
    await writeFile(`${path.slice(0, -".json".length)}.meta.json`, meta);
    const { status, statusText } = response;
    const bodiless = status === 204 || status === 205 || status === 304;
    return new Response(bodiless ? null : body, { status, statusText, headers });
  };
}

/** The file of a request. */
export function recordingPath(dir: string, method: string, url: URL): string {
  // Dots alone would lead out of the folder.
  const path = decoded(url.pathname)
    .replace(/\/$/, "/index")
    .replace(/(^|\/)\.{1,2}(?=\/|$)/g, "$1_");
  const query = parameters(url).sort().join("&");
  const name = safe(`${url.host}${path}`) + (query === "" ? "" : `@${safe(query).replaceAll("/", "%2F")}`);
  return `${dir.replace(/\/+$/, "")}/${method === "GET" ? "" : `${method} `}${name}.json`;
}

/** The query without what is named like a credential. */
function parameters(url: URL): string[] {
  return [...url.searchParams]
    .filter(([name]) => !mayNameCredential(name))
    .map(([name, value]) => `${name}=${value}`);
}

function safe(name: string): string {
  return name.replace(/[<>:"|?*%\\\u0000-\u001f]/g, escaped);
}

function escaped(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function shown(url: URL): string {
  const query = parameters(url).join("&");
  return query === "" ? "" : `?${query}`;
}

function asked(
  input: Parameters<typeof fetch>[0],
  init: Parameters<typeof fetch>[1],
): { url: URL; method: string } {
  const request = input instanceof Request ? input : undefined;
  const url = new URL(request ? request.url : String(input));
  const parameter = (init as CredentialInit | undefined)?.[CREDENTIAL_PARAMETER];
  if (parameter !== undefined) url.searchParams.delete(parameter);
  return { url, method: (init?.method ?? request?.method ?? "GET").toUpperCase() };
}

async function readWhole(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const stream = await host().readFile?.(path);
  return stream && new Uint8Array(await new Response(stream).arrayBuffer());
}
