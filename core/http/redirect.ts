import { RunletError } from "../errors.ts";

/** As many as fetch follows (Fetch standard, HTTP-redirect fetch). */
const MOST = 20;

/** Sends a GET with credentials and follows redirects by itself: fetch drops only `Authorization` on the way to another
 *  origin, a key in any other header would go along. On the same origin the headers stay; elsewhere only `accept` goes.
 *  @throws RunletError SOURCE_HTTP where the runtime does not show redirects (browsers) or they do not end */
export async function followOwnOrigin(
  fetch: typeof globalThis.fetch,
  url: string,
  init: RequestInit & { headers: Headers },
): Promise<Response> {
  let at = url;
  let { headers } = init;
  for (let hops = 0; hops <= MOST; hops++) {
    const response = await fetch(at, { ...init, headers, redirect: "manual" });
    if (response.type === "opaqueredirect") {
      const { origin, pathname } = new URL(at);
      throw new RunletError(
        "SOURCE_HTTP",
        `${origin}${pathname} redirects, and the runtime does not say where to`,
        {
          hint: "give the final address: credentials are not sent to an unknown place",
        },
      );
    }
    const location = response.headers.get("location");
    if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return response;
    await response.body?.cancel();
    const next = new URL(location, at);
    if (next.origin !== new URL(at).origin) {
      const accept = headers.get("accept");
      headers = new Headers(accept === null ? {} : { accept });
    }
    at = next.href;
  }
  throw new RunletError("SOURCE_HTTP", `${new URL(url).origin} redirects more than ${MOST} times`);
}
