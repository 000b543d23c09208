import { megabytes, newPlace } from "./place.mjs";
import { serve } from "./served.mjs";

/** The work of a peer: all pages of the input, as a user writes it, into the destination `to(folder)` makes. */
export async function runletPages(input, to) {
  const { http, pipeline, resource, source } = await import("../../dist/node/index.js");
  const folder = newPlace();
  const first = new URL(await serve(input));
  const { destination, file } = await to(folder);
  const pages = resource("t", { write: "replace" }, ({ http }) => http.pages(first.pathname));
  return async () => {
    const info = await pipeline("bench", source("api", { http: http(first.origin) }, [pages])).run({
      to: destination,
    });
    return { records: info.tables.t.rows, ...(file ? { file: megabytes(file) } : {}) };
  };
}
