import { RunletError } from "../errors.ts";
import type { Path } from "../binding/contract.ts";
import type { Json } from "../json.ts";
import { parseLossless } from "../lossless-json.ts";
import { mark } from "../pipeline/origin.ts";
import { unheld } from "./body.ts";
import { printable } from "./failure.ts";
import type { HttpRuntime } from "./runtime.ts";
import type { Answer } from "./send.ts";

/** The answer as a `Response` for the function, with what the run knows of it kept beside. */
export function handed(
  answer: Answer,
  label: string,
  more: {
    records?: Path;
    capture?: readonly Path[];
    told?: (values: readonly (string | null)[], records: number) => void;
  },
  runtime: HttpRuntime,
): Response {
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
    ...more,
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
