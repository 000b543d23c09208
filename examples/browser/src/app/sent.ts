import { signal } from "@preact/signals";

/** A request that left for another site, and what went with it. */
export interface OutsideRequest {
  readonly method: string;
  readonly url: string;
  readonly bytes: number;
}

/** Bytes of all bodies this page has sent, to wherever. */
export const sentBytes = signal(0);
/** Requests to other sites. */
export const outside = signal<readonly OutsideRequest[]>([]);

/** Counts what leaves the page from now on, by every road that can carry a body. */
export function countRequests(): void {
  const { fetch, XMLHttpRequest, WebSocket } = globalThis;
  globalThis.fetch = async (input, init) => {
    const request = input instanceof Request ? input : undefined;
    const url = request?.url ?? String(input);
    const body = init?.body ?? request?.body;
    note(init?.method ?? request?.method ?? "GET", url, await lengthOf(body, request));
    return fetch(input, init);
  };
  const { open, send } = XMLHttpRequest.prototype;
  const asked = new WeakMap<XMLHttpRequest, [method: string, url: string]>();
  XMLHttpRequest.prototype.open = function (this: XMLHttpRequest, ...request: Parameters<typeof open>) {
    asked.set(this, [request[0], String(request[1])]);
    return open.apply(this, request);
  } as typeof open;
  XMLHttpRequest.prototype.send = function (this: XMLHttpRequest, body) {
    void lengthOf(body).then((bytes) => note(...(asked.get(this) ?? ["GET", ""]), bytes));
    return send.call(this, body);
  };
  const { sendBeacon } = navigator;
  navigator.sendBeacon = (url, data) => {
    void lengthOf(data).then((bytes) => note("POST", String(url), bytes));
    return sendBeacon.call(navigator, url, data);
  };
  const sendFrame = WebSocket.prototype.send;
  WebSocket.prototype.send = function (this: WebSocket, data) {
    void lengthOf(data as BodyInit).then((bytes) => note("SEND", this.url, bytes));
    return sendFrame.call(this, data);
  };
  // Requests of the page's workers pass through the service worker, which tells of them.
  navigator.serviceWorker?.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    const told = data as { sent?: OutsideRequest } | null;
    if (told?.sent) note(told.sent.method, told.sent.url, told.sent.bytes);
  });
}

function note(method: string, address: string, bytes: number): void {
  sentBytes.value += bytes;
  const url = new URL(address, document.baseURI);
  if (url.origin === location.origin || !/^(https?|wss?):$/.test(url.protocol)) return;
  outside.value = [...outside.value, { method: method.toUpperCase(), url: url.href, bytes }];
}

async function lengthOf(body: unknown, request?: Request): Promise<number> {
  if (body === null || body === undefined) return 0;
  if (request?.body) return (await request.clone().arrayBuffer()).byteLength;
  // How long a stream is shows only when it has been sent: more than can be said.
  if (body instanceof ReadableStream) return Number.POSITIVE_INFINITY;
  return (await new Response(body as BodyInit).arrayBuffer()).byteLength;
}
