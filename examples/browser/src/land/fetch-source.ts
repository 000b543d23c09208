import { RunletError } from "runlet";

/** Fetches an address whole, as a blob of the content type it has there, telling how far it is. `first` gets a copy of the stream, to look at while it comes.
 *  @throws RunletError SOURCE_NETWORK, which in a page means: no connection, no such host, or no permission (CORS) */
export async function fetchSource(
  url: string,
  options: {
    signal: AbortSignal;
    progress(bytes: number, total: number | undefined): void;
    first?(stream: ReadableStream<Uint8Array>): void;
  },
): Promise<Blob> {
  const response = await ask(url, options.signal);
  if (!response.ok) {
    throw new RunletError("SOURCE_HTTP", `${url} answered ${response.status} ${response.statusText}`.trim(), {
      where: { url, status: response.status },
      hint:
        response.status === 404
          ? "check the address"
          : "the server refuses; try again later, or ask for access",
    });
  }
  const length = Number(response.headers.get("content-length")) || undefined;
  // What is counted is unpacked; the length is not.
  const total = response.headers.has("content-encoding") ? undefined : length;
  let stream = response.body ?? new Blob([]).stream();
  if (options.first) {
    const [mine, theirs] = stream.tee();
    options.first(theirs);
    stream = mine;
  }
  let bytes = 0;
  const counted = stream.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.length;
        options.progress(bytes, total);
        controller.enqueue(chunk);
      },
    }),
  );
  try {
    const type = response.headers.get("content-type");
    return await new Response(counted, type ? { headers: { "content-type": type } } : {}).blob();
  } catch (cause) {
    if (options.signal.aborted) throw cause;
    throw new RunletError("SOURCE_NETWORK", `the answer of ${url} broke off in the middle`, { cause });
  }
}

async function ask(url: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { signal, credentials: "omit", referrerPolicy: "no-referrer" });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new RunletError("SOURCE_NETWORK", `this page cannot read ${url}`, {
      where: { url },
      hint: "the server does not allow other sites' pages to read it (CORS), or it cannot be reached",
      cause,
    });
  }
}

/** The address as it is meant: `https://` before what has no scheme, GitHub's pages as their raw files. */
export function meantUrl(text: string): string | undefined {
  const trimmed = text.trim();
  const complete = /^[a-z][a-z0-9+.-]*:/i.test(trimmed) ? trimmed : `https://${trimmed}`;
  if (!URL.canParse(complete)) return undefined;
  const url = new URL(complete);
  if (url.protocol !== "https:" && url.protocol !== "http:") return undefined;
  if (url.hostname === "github.com" && /^\/[^/]+\/[^/]+\/blob\//.test(url.pathname)) {
    return `https://raw.githubusercontent.com${url.pathname.replace("/blob/", "/")}`;
  }
  return url.hostname.includes(".") || url.hostname === "localhost" || url.port !== "" ? url.href : undefined;
}
