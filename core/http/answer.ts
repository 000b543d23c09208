import { RunletError } from "../errors.ts";
import type { Path } from "../binding/contract.ts";
import type { Json } from "../json.ts";
import { parseLossless } from "../lossless-json.ts";
import { mark } from "../pipeline/origin.ts";
import { unheld } from "./body.ts";
import { printable } from "./failure.ts";
import type { HttpRuntime } from "./runtime.ts";
import type { Answer } from "./send.ts";

/** What the run is to find in an answer. */
interface Wanted {
  records?: Path;
  capture?: readonly Path[];
  told?: (values: readonly (string | null)[], records: number) => void;
}

/** The answer as the run itself reads it: its bytes, where they are all there, since making a `Response` of them takes
 *  longer than normalising a small page. */
export function bare(
  answer: Answer,
  label: string,
  wanted: Wanted,
  runtime: HttpRuntime,
): Response | Uint8Array {
  const { body, headers } = answer;
  if (body.rest) return handed(answer, label, wanted, runtime);
  const contentType = headers.get("content-type");
  // A view of its own: what is known of a piece is kept by object, and a `fetch` may answer with the same one twice.
  const bytes = body.bytes.subarray();
  let url: string | undefined;
  return mark(bytes, {
    label,
    get url() {
      return (url ??= printable(answer.url, runtime));
    },
    ...(contentType ? { contentType } : {}),
    bytes,
    ...wanted,
  });
}

/** The answer as a `Response` for the function, with what the run knows of it kept beside. */
export function handed(answer: Answer, label: string, wanted: Wanted, runtime: HttpRuntime): Response {
  const { body, headers, status } = answer;
  const empty = status === 204 || status === 205 || status === 304;
  // A stream over the bytes that are there anyway: a Response of the bytes would copy them.
  const payload = empty ? null : unheld(body);
  const response = new Response(payload, { status, headers });
  // The bytes are decoded by now; these two would describe what was on the wire.
  response.headers.delete("content-encoding");
  response.headers.delete("content-length");
  const url = printable(answer.url, runtime);
  Object.defineProperty(response, "url", { value: url });
  const contentType = headers.get("content-type");
  return mark(response, {
    label,
    url,
    ...(contentType ? { contentType } : {}),
    ...(body.rest ? {} : { bytes: body.bytes }),
    ...wanted,
  });
}

/** The text of an answer as a value. @throws RunletError SOURCE_NOT_JSON */
export function parsed(text: string, label: string): Json {
  try {
    return parseLossless(text);
  } catch (cause) {
    throw new RunletError(
      "SOURCE_NOT_JSON",
      `${label}: ${cause instanceof Error ? cause.message : "not JSON"}`,
      {
        where: { excerpt: text.slice(0, 80) },
        cause,
      },
    );
  }
}
