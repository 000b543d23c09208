// Keeps the files of one version of the app, gives them also without a network, and tells the pages of requests with a
// body that their workers make. DuckDB itself is put into a cache of its own by the page.

/** The part of a service worker's global scope that is used here. */
interface Scope {
  addEventListener(type: "install" | "activate", listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
  readonly clients: {
    claim(): Promise<void>;
    get(id: string): Promise<{ readonly type: string } | undefined>;
    matchAll(options: { type: "window" }): Promise<readonly { postMessage(message: unknown): void }[]>;
  };
  readonly location: Location;
}

interface ExtendableEvent {
  waitUntil(promise: Promise<unknown>): void;
}

interface FetchEvent extends ExtendableEvent {
  readonly request: Request;
  readonly clientId: string;
  respondWith(response: Promise<Response>): void;
}

const scope = globalThis as unknown as Scope;

/** The folder is in it: another copy of the app may be on the same host. */
const PREFIX = `runlet-app ${new URL("./", scope.location.href).pathname} `;
const NAME = `${PREFIX}__VERSION__`;
/** Addresses of the app's files, put in by the build. */
const FILES = "__FILES__" as unknown as readonly string[];

/** A new version waits until the pages of the old one are gone, whose files they may still want; what is in its cache is
 *  no older than itself. */
scope.addEventListener("install", (event) => {
  const keep = async () => {
    const cache = await caches.open(NAME);
    // Names with a hash are never out of date.
    const asked = FILES.map((file) => {
      return new Request(file, { cache: file.startsWith("assets/") ? "default" : "no-cache" });
    });
    await cache.addAll(asked);
  };
  event.waitUntil(keep());
});

scope.addEventListener("activate", (event) => {
  const clean = async () => {
    for (const name of await caches.keys())
      if (name.startsWith(PREFIX) && name !== NAME) await caches.delete(name);
    await scope.clients.claim();
  };
  event.waitUntil(clean());
});

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" && request.method !== "HEAD") {
    event.waitUntil(tell(request.clone(), event.clientId));
    return;
  }
  if (new URL(request.url).origin === scope.location.origin) event.respondWith(answer(request));
});

/** The page itself comes from the network where there is one, so that a new version is seen; its files, whose names
 *  change with their content, from the cache. */
async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(NAME);
  if (request.mode !== "navigate") {
    return (await cache.match(request, { ignoreVary: true })) ?? kept(request, cache);
  }
  try {
    return await fetch(request);
  } catch (error) {
    const page =
      (await cache.match(request, { ignoreSearch: true, ignoreVary: true })) ??
      (await cache.match("./", { ignoreVary: true }));
    if (page) return page;
    throw error;
  }
}

/** What only some visits need is kept when it has been needed. DuckDB is kept by the page. */
async function kept(request: Request, cache: Cache): Promise<Response> {
  const response = await fetch(request);
  if (response.ok && request.url.includes("/assets/") && !request.url.endsWith(".gz")) {
    void cache.put(request, response.clone()).catch(() => undefined);
  }
  return response;
}

async function tell(request: Request, clientId: string): Promise<void> {
  // What the page sends by itself it counts by itself.
  if ((await scope.clients.get(clientId))?.type === "window") return;
  const { byteLength: bytes } = await request.arrayBuffer();
  const sent = { method: request.method, url: request.url, bytes };
  for (const page of await scope.clients.matchAll({ type: "window" })) page.postMessage({ sent });
}
