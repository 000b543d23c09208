import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** R2 as workerd speaks to it behind an R2 binding: JSON in the header `cf-r2-request`, or before the value in the body,
 *  whose length is in `cf-r2-metadata-size` (https://github.com/cloudflare/workerd, src/workerd/api/r2-api.capnp). */
export interface BucketServer {
  readonly port: number;
  readonly objects: Map<string, Stored>;
  close(): Promise<void>;
}

interface Stored {
  bytes: Buffer;
  etag: string;
  uploaded: number;
}

interface BucketRequest {
  method: "head" | "get" | "put" | "list" | "delete";
  object?: string;
  objects?: string[];
  onlyIf?: { etagDoesNotMatch?: { type: string; value?: string }[] };
  prefix?: string;
  delimiter?: string;
  cursor?: string;
  limit?: number;
}

/** A bucket in this process, so that what it holds is no memory of the Worker's. */
export async function serveBucket(): Promise<BucketServer> {
  const objects = new Map<string, Stored>();
  const server = createServer((request, response) => {
    answer(objects, request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    objects,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  objects: Map<string, Stored>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const body = Buffer.concat(parts);
  const size = Number(request.headers["cf-r2-metadata-size"] ?? 0);
  const header = request.headers["cf-r2-request"] as string | undefined;
  const asked = JSON.parse(header ?? body.subarray(0, size).toString()) as BucketRequest;
  const found = objects.get(asked.object ?? "");
  switch (asked.method) {
    case "put": {
      if (
        found &&
        asked.onlyIf?.etagDoesNotMatch?.some(({ type, value }) => type === "wildcard" || value === found.etag)
      )
        return failure(response, 412, 10031, "precondition failed", describe(asked.object!, found));
      const bytes = body.subarray(size);
      const etag = createHash("md5").update(bytes).digest("hex");
      const stored = { bytes: Buffer.from(bytes), etag, uploaded: Date.now() };
      objects.set(asked.object!, stored);
      return send(response, describe(asked.object!, stored));
    }
    case "delete":
      for (const key of asked.objects ?? [asked.object!]) objects.delete(key);
      return void response.writeHead(200).end();
    case "list":
      return send(response, list(objects, asked));
    default:
      if (!found) return failure(response, 404, 10007, "The specified key does not exist.");
      return send(response, describe(asked.object!, found), asked.method === "get" ? found.bytes : undefined);
  }
}

function list(
  objects: Map<string, Stored>,
  { prefix = "", delimiter, cursor = "", limit = 1000 }: BucketRequest,
) {
  const prefixes = new Set<string>();
  const found: ReturnType<typeof describe>[] = [];
  let last = "";
  for (const key of [...objects.keys()].filter((each) => each.startsWith(prefix) && each > cursor).sort()) {
    const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
    if (end !== -1) prefixes.add(key.slice(0, end + delimiter!.length));
    else if (found.length === limit)
      return { objects: found, truncated: true, cursor: last, delimitedPrefixes: [...prefixes] };
    else found.push(describe(key, objects.get(key)!));
    last = key;
  }
  return { objects: found, truncated: false, delimitedPrefixes: [...prefixes] };
}

function describe(name: string, { bytes, etag, uploaded }: Stored) {
  return {
    name,
    version: etag,
    size: String(bytes.length),
    etag,
    uploaded: String(uploaded),
    httpFields: {},
    customFields: [],
    checksums: { 0: etag },
    storageClass: "Standard",
  };
}

function send(
  response: ServerResponse,
  metadata: object,
  value: Buffer = Buffer.alloc(0),
  status = 200,
): void {
  const json = Buffer.from(JSON.stringify(metadata));
  response.writeHead(status, { "cf-r2-metadata-size": json.length, "content-type": "application/json" });
  response.write(json);
  response.end(value);
}

function failure(
  response: ServerResponse,
  status: number,
  v4code: number,
  message: string,
  metadata?: object,
): void {
  response.setHeader("cf-r2-error", JSON.stringify({ version: 1, v4code, message }));
  if (metadata) send(response, metadata, undefined, status);
  else response.writeHead(status).end();
}
