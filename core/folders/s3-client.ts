import type { AwsClient } from "aws4fetch";
import ky, { HTTPError, TimeoutError } from "ky";
import { RunletError } from "../errors.ts";
import { host } from "../host.ts";
import { sha256 } from "../packages/digest.ts";
import type { FolderItem, OpenFolder } from "./folder.ts";
import { elements, textOf } from "./s3-xml.ts";
import { sameBytes } from "./same-bytes.ts";

export interface S3ClientOptions {
  signer: AwsClient;
  /** Address of the bucket, without a `/` at its end. */
  base: string;
  bucket: string;
  /** Empty, or ends in `/`. */
  prefix: string;
  signal: AbortSignal | undefined;
}

interface Ask {
  method: "GET" | "PUT" | "DELETE";
  /** Of the object; empty: the bucket itself. */
  key: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: Uint8Array;
  /** Statuses other than 2xx that are an answer. */
  expected?: readonly number[];
}

const RETRIES = 6;
const RETRIED = [408, 429, 500, 502, 503, 504];
/** One attempt: some 15 MB at 0.25 MB/s. */
const TIMEOUT_MS = 60_000;
/** One attempt with the body of its answer. */
const WHOLE_MS = 300_000;

/** The few operations of S3's REST interface that a folder needs
 *  (https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html), signed with
 *  version 4. What is sent is part of the signature, so that nothing else is stored. */
export class S3Client implements OpenFolder {
  readonly #options: S3ClientOptions;

  constructor(options: S3ClientOptions) {
    this.#options = options;
  }

  /** A conditional write that is repeated may meet what its first attempt stored: that counts as stored. */
  async put(name: string, bytes: Uint8Array, { ifAbsent = false } = {}): Promise<boolean> {
    const response = await this.#ask({
      method: "PUT",
      key: name,
      body: bytes,
      headers: { "content-type": "application/octet-stream", ...(ifAbsent ? { "if-none-match": "*" } : {}) },
      expected: ifAbsent ? [409, 412] : [],
    });
    await response.body?.cancel();
    if (response.ok) return true;
    return sameBytes(await this.get(name), bytes);
  }

  async get(name: string): Promise<Uint8Array | undefined> {
    const { status, body } = await this.#read("read", { method: "GET", key: name, expected: [404] });
    if (status !== 404) return body;
    const text = new TextDecoder().decode(body);
    if (/<Code>NoSuchBucket</.test(text)) throw this.#failure("read", name, 404, text);
    return undefined;
  }

  async list(prefix: string): Promise<FolderItem[]> {
    const items: FolderItem[] = [];
    for await (const page of this.#pages(prefix, {})) {
      for (const item of elements(page, "Contents"))
        items.push({
          name: keyIn(page, textOf(item, "Key")).slice(this.#options.prefix.length),
          bytes: Number(textOf(item, "Size")),
          modified: Date.parse(textOf(item, "LastModified")),
        });
    }
    return items.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async folders(prefix: string): Promise<string[]> {
    const names: string[] = [];
    const start = this.#options.prefix.length + prefix.length;
    for await (const page of this.#pages(prefix, { delimiter: "/" })) {
      for (const item of elements(page, "CommonPrefixes"))
        names.push(keyIn(page, textOf(item, "Prefix")).slice(start, -1));
    }
    return names.sort();
  }

  async *#pages(prefix: string, more: Record<string, string>): AsyncGenerator<string> {
    let token = "";
    do {
      const query = {
        "list-type": "2",
        "encoding-type": "url",
        prefix: this.#options.prefix + prefix,
        ...more,
        ...(token === "" ? {} : { "continuation-token": token }),
      };
      const { body } = await this.#read("list", { method: "GET", key: "", query });
      const page = new TextDecoder().decode(body);
      yield page;
      token = textOf(page, "IsTruncated") === "true" ? textOf(page, "NextContinuationToken") : "";
    } while (token !== "");
  }

  async remove(name: string): Promise<void> {
    const response = await this.#ask({ method: "DELETE", key: name, expected: [404] });
    await response.body?.cancel();
  }

  /** An answer with its body, asked for again where it begins and breaks off. */
  async #read(doing: string, ask: Ask): Promise<{ status: number; body: Uint8Array }> {
    for (let attempt = 1; ; attempt++) {
      const response = await this.#ask(ask);
      try {
        return { status: response.status, body: new Uint8Array(await response.arrayBuffer()) };
      } catch (cause) {
        if (this.#options.signal?.aborted) throw this.#cancelled(doing, ask.key, cause);
        if (attempt > RETRIES) throw this.#noAnswer(doing, ask.key, cause);
      }
    }
  }

  async #ask({ method, key, query = {}, headers = {}, body, expected = [] }: Ask): Promise<Response> {
    const { signer, base, prefix, signal } = this.#options;
    const path = key === "" ? "" : prefix + key;
    const url = new URL(`${base}/${path.split("/").map(encoded).join("/")}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const content = body ?? new Uint8Array();
    const all = { ...headers, "x-amz-content-sha256": await sha256(content) };
    const doing = method === "GET" ? (key === "" ? "list" : "read") : method === "PUT" ? "write" : "remove";
    try {
      return await ky(url, {
        method,
        // Each attempt is signed anew: a signature is good for some minutes only.
        fetch: async (_, init) => {
          const request = {
            method,
            headers: all,
            ...(body ? { body: body as Uint8Array<ArrayBuffer> } : {}),
          };
          const signed = await signer.sign(url.href, request);
          const attempt = (init as RequestInit | undefined)?.signal ?? (_ as Request).signal;
          return (host().fetch ?? fetch)(signed.url, {
            ...request,
            headers: signed.headers,
            // What ky is told of time ends with the head of the answer.
            signal: AbortSignal.any([attempt, AbortSignal.timeout(WHOLE_MS)]),
            redirect: "manual",
          });
        },
        retry: {
          limit: RETRIES,
          methods: ["get", "put", "delete"],
          statusCodes: RETRIED,
          afterStatusCodes: [429, 503],
          backoffLimit: 10_000,
          retryOnTimeout: true,
        },
        timeout: TIMEOUT_MS,
        ...(signal ? { signal } : {}),
      });
    } catch (cause) {
      if (signal?.aborted) throw this.#cancelled(doing, key, cause);
      if (!(cause instanceof HTTPError)) throw this.#noAnswer(doing, key, cause);
      const { response } = cause;
      if (expected.includes(response.status)) return response;
      throw this.#failure(doing, key, response.status, await response.text().catch(() => ""));
    }
  }

  #cancelled(doing: string, key: string, cause: unknown): RunletError {
    return new RunletError("CANCELLED", `cannot ${doing} ${this.#named(key)}: the run was cancelled`, {
      cause,
    });
  }

  #named(key: string): string {
    return `s3://${this.#options.bucket}/${this.#options.prefix}${key}`;
  }

  #noAnswer(doing: string, key: string, cause: unknown): RunletError {
    const slow = cause instanceof TimeoutError;
    const inner = (cause as { cause?: { code?: string; message?: string } }).cause;
    const reason = slow
      ? `no answer within ${TIMEOUT_MS / 1000} s`
      : (inner?.code ?? inner?.message ?? (cause instanceof Error ? cause.message : String(cause)));
    return new RunletError("DESTINATION_FAILED", `cannot ${doing} ${this.#named(key)}: ${reason}`, {
      hint: `check the endpoint ${new URL(this.#options.base).origin} and the network, then run again`,
      cause: slow ? undefined : cause,
    });
  }

  #failure(doing: string, key: string, status: number, body: string): RunletError {
    const code = textOf(body, "Code");
    const said = textOf(body, "Message").slice(0, 200);
    const { code: ours, hint } = advice(status, code, this.#options.bucket);
    return new RunletError(
      ours,
      `cannot ${doing} ${this.#named(key)}: ${status}${code ? ` ${code}` : ""}${said ? `, ${said}` : ""}`,
      { where: { status }, hint },
    );
  }
}

/** As the signature has it: of what encodeURIComponent leaves, `!'()*` are encoded, too. */
function encoded(part: string): string {
  return encodeURIComponent(part).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A name in a page of a list. A service that does not know `encoding-type` gives it as it is. */
function keyIn(page: string, text: string): string {
  if (textOf(page, "EncodingType") !== "url") return text;
  return decodeURIComponent(text.replaceAll("+", " "));
}

/** What to do about an error code of S3
 *  (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList). */
function advice(status: number, code: string, bucket: string) {
  switch (code) {
    case "SignatureDoesNotMatch":
      return {
        code: "CONFIG_INVALID",
        hint: "the secret access key does not belong to the access key",
      } as const;
    case "InvalidAccessKeyId":
      return { code: "CONFIG_INVALID", hint: "the service does not know the access key" } as const;
    case "ExpiredToken":
    case "InvalidToken":
      return {
        code: "CONFIG_INVALID",
        hint: "the session token is no longer valid: renew the credentials",
      } as const;
    case "NoSuchBucket":
      return {
        code: "CONFIG_INVALID",
        hint: `make the bucket ${bucket}, or check its name and region`,
      } as const;
    case "RequestTimeTooSkewed":
      return {
        code: "CONFIG_INVALID",
        hint: "set this machine's clock: it differs too much from the service's",
      } as const;
    case "AuthorizationHeaderMalformed":
    case "PermanentRedirect":
    case "IllegalLocationConstraintException":
      return { code: "CONFIG_INVALID", hint: "the bucket is in another region: set AWS_REGION" } as const;
  }
  if (status === 401 || status === 403) {
    const hint =
      "the access key may not do this: it needs s3:ListBucket on the bucket, s3:GetObject, s3:PutObject and s3:DeleteObject below the prefix";
    return { code: "DESTINATION_FAILED", hint } as const;
  }
  if (status >= 300 && status < 400)
    return { code: "CONFIG_INVALID", hint: "the bucket is in another region: set AWS_REGION" } as const;
  if (status === 501)
    return {
      code: "CONFIG_INVALID",
      hint: "the service does not know conditional writes (If-None-Match), without which loads are not safe",
    } as const;
  return { code: "DESTINATION_FAILED", hint: "nothing was loaded: run again later" } as const;
}
