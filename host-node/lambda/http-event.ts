/** The part of a request that a function URL, or an HTTP API, gives a function (payload format 2.0,
 *  https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html). */
export interface HttpEvent {
  version: "2.0";
  rawPath: string;
  rawQueryString: string;
  headers?: Record<string, string | undefined>;
  body?: string;
  isBase64Encoded?: boolean;
  requestContext: { domainName?: string; http: { method: string } };
}

/** What the function answers, in the same format. */
export interface HttpResult {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
  isBase64Encoded: boolean;
}

export function isHttpEvent(event: unknown): event is HttpEvent {
  const { version, requestContext } = (event ?? {}) as Partial<HttpEvent>;
  return version === "2.0" && typeof requestContext?.http?.method === "string";
}

export function requestOf(event: HttpEvent): Request {
  const { rawPath, rawQueryString, headers = {}, requestContext, body, isBase64Encoded } = event;
  const url = new URL(`https://${requestContext.domainName ?? "lambda"}`);
  url.pathname = rawPath;
  url.search = rawQueryString;
  const sent = new Headers();
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) sent.set(name, value);
  const { method } = requestContext.http;
  const hasBody = body !== undefined && method !== "GET" && method !== "HEAD";
  const bytes = hasBody ? Buffer.from(body, isBase64Encoded ? "base64" : "utf8") : undefined;
  return new Request(url, { method, headers: sent, ...(bytes ? { body: bytes } : {}) });
}

export async function resultOf(response: Response): Promise<HttpResult> {
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
    isBase64Encoded: false,
  };
}
