import type { Path } from "../binding/contract.ts";
import { RunletError } from "../errors.ts";
import type { Json } from "../json.ts";
import { resumable, type Opening, type Place } from "../pipeline/resumable.ts";
import { recordsAt, valuesAt } from "../pipeline/path.ts";
import { stringifyRecord } from "../pipeline/stringify.ts";
import { bare, handed, parsed } from "./answer.ts";
import type { HttpConfig, Next, Pages } from "./config.ts";
import { printable } from "./failure.ts";
import { nextRule, type NextRule } from "./next.ts";
import { pageAt, pagePlace } from "./place.ts";
import type { Rate } from "./rate.ts";
import type { HttpRuntime } from "./runtime.ts";
import type { Answer } from "./send.ts";
import { sender } from "./sender.ts";

/** What pages are asked for. */
export interface PagesRequest {
  /** The first page's address, before the rule adds its own parameters. */
  first(): URL;
  readonly next: Next;
  readonly records: Path | undefined;
  readonly config: HttpConfig | undefined;
  readonly rate: Rate;
  readonly runtime: HttpRuntime;
}

/** Pages one after another; a later run can go on after any of them. */
export function pagesOf(request: PagesRequest): Pages {
  return resumable((at) => new PageWalk(request, at));
}

/** A page that has been given. */
interface Given {
  readonly answer: Answer;
  readonly url: URL;
  readonly label: string;
  readonly number: number;
  told?: { values: readonly (string | null)[]; records: number };
}

/** Makes of an answer what is read. */
type Give<T> = (...answer: Parameters<typeof handed>) => T;

class PageWalk implements Opening<Response> {
  private readonly request: PagesRequest;
  private readonly at: Json | undefined;
  private rule: NextRule | undefined;
  private start: URL | undefined;
  private given: Given | undefined;
  private over: string | undefined;

  constructor(request: PagesRequest, at: Json | undefined) {
    this.request = request;
    this.at = at;
  }

  [Symbol.asyncIterator](): AsyncGenerator<Response> {
    return this.walk(handed);
  }

  pieces(): AsyncGenerator<Response | Uint8Array> {
    return this.walk(bare);
  }

  private async *walk<T>(give: Give<T>): AsyncGenerator<T> {
    const { request } = this;
    const { runtime, records } = request;
    const rule = (this.rule = nextRule(request.next));
    const start = (this.start = rule.first(request.first()));
    const from = this.at === undefined ? undefined : await pageAt(this.at, start, runtime);
    if (this.at !== undefined && !from) this.over = "its first request is another than when it was left";
    const seen = new Set<string>();
    let url: URL | undefined = from?.url ?? start;
    for (let number = from?.page ?? 1; url; number++) {
      const label = `${url.host} page ${number}`;
      if (seen.has(url.href)) {
        throw new RunletError(
          "SOURCE_FAILED",
          `${label} leads back to an earlier page: ${printable(url, runtime)}`,
          { hint: "the API's paging differs from the rule: set next on http() or pages()" },
        );
      }
      seen.add(url.href);
      const { send } = await sender();
      const answer = await send(url, label, request.config, request.rate, runtime);
      const given: Given = (this.given = { answer, url, label, number });
      yield give(
        answer,
        label,
        {
          ...(records ? { records } : {}),
          capture: rule.capture,
          told: (values, count) => (given.told = { values, records: count }),
        },
        runtime,
      );
      url = this.following();
    }
  }

  async place(): Promise<Place | undefined> {
    const next = this.following();
    if (!next) return undefined;
    return pagePlace(this.start!, next, this.given!.number + 1, this.request.runtime);
  }

  startedOver(): string | undefined {
    return this.over;
  }

  /** The address after the page that was given last. */
  private following(): URL | undefined {
    const given = this.given!;
    given.told ??= looked(given.answer, this.rule!, this.request.records, given.label);
    return this.rule!.next({ url: given.url, headers: given.answer.headers, ...given.told });
  }
}

/** The next-page values of a page that the function read itself instead of yielding it. */
function looked(answer: Answer, rule: NextRule, records: Path | undefined, label: string) {
  if (answer.body.rest) {
    throw new RunletError("SOURCE_FAILED", `${label} is larger than 16 MB and was not yielded`, {
      hint: "yield the Response, so that its next-page value is found while it is normalised",
    });
  }
  const text = new TextDecoder().decode(answer.body.bytes);
  if (text.trim() === "") return { values: rule.capture.map(() => null), records: 0 };
  const document = parsed(text, label);
  const values = rule.capture.map((path) => {
    const [value] = valuesAt(document, path);
    return value === undefined ? null : stringifyRecord(value);
  });
  return { values, records: recordsAt(document, records ?? []).length };
}
