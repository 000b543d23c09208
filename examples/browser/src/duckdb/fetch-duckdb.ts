import { RunletError } from "runlet";
import packedUrl from "packed-duckdb?url";

/** Name of the cache that outlives the app's own versions: the file's name has DuckDB's version in it. */
const CACHE = "runlet-duckdb";

/** DuckDB's WebAssembly, from the browser's cache or the network, unpacked while it comes. `progress` is told the
 *  packed bytes. @throws RunletError DRIVER_MISSING */
export async function fetchDuckDB(progress: (bytes: number) => void): Promise<Blob> {
  const url = new URL(packedUrl, document.baseURI).href;
  const cache = await globalThis.caches?.open(CACHE).catch(() => undefined);
  try {
    const known = await cache?.match(url);
    const response = known ?? (await fetch(url));
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    if (!known) void keep(cache, url, response.clone());
    let bytes = 0;
    const counted = response.body!.pipeThrough(
      new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
        transform(chunk, controller) {
          progress((bytes += chunk.length));
          controller.enqueue(chunk);
        },
      }),
    );
    const unpacked = isPacked(response) ? counted.pipeThrough(new DecompressionStream("gzip")) : counted;
    return await new Response(unpacked, { headers: { "content-type": "application/wasm" } }).blob();
  } catch (cause) {
    // What was kept may be what is wrong.
    await cache?.delete(url).catch(() => false);
    throw new RunletError("DRIVER_MISSING", "DuckDB could not be downloaded, so there is no SQL yet", {
      hint: "the tables above are complete; connect to the network and try again",
      cause,
    });
  }
}

/** Some servers declare a `.gz` file as content that is encoded, which the browser then has unpacked. */
function isPacked(response: Response): boolean {
  return response.headers.get("content-encoding") !== "gzip";
}

/** Keeps it in place of other versions; what another copy of the app on this host has kept is its own. */
async function keep(cache: Cache | undefined, url: string, response: Response): Promise<void> {
  const folder = new URL(".", url).href;
  try {
    await cache?.put(url, response);
    for (const old of (await cache?.keys()) ?? [])
      if (old.url !== url && old.url.startsWith(folder)) await cache?.delete(old);
  } catch {
    // No room to keep it: the next visit downloads it again.
  }
}
