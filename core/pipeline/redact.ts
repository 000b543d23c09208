import { RunletError } from "../errors.ts";

/** Characters from which on a piece of a secret is taken for one. */
const SHORTEST = 4;

/** Removes the values of secrets from everything a run says: plain, URL-encoded, and in base64. */
export class Redactor {
  private readonly values = new Map<string, string>();
  private pattern: RegExp | undefined;

  /** From now on `value` is printed as `[name]`. */
  add(value: string, name: string): void {
    if (value === "") return;
    for (const form of forms(value)) if (!this.values.has(form)) this.values.set(form, `[${name}]`);
    const longestFirst = [...this.values.keys()].sort((a, b) => b.length - a.length);
    this.pattern = new RegExp(longestFirst.map(expression).join("|"), "g");
  }

  text(text: string): string {
    return this.pattern ? text.replace(this.pattern, (found) => this.values.get(found) ?? "[secret]") : text;
  }

  /** Text that was cut out of something longer: what is left of a secret at its ends goes, too. */
  cut(text: string): string {
    let rest = this.text(text);
    for (const [value, name] of this.values) {
      for (let n = Math.min(value.length - 1, rest.length); n >= SHORTEST; n--) {
        if (rest.startsWith(value.slice(-n))) rest = name + rest.slice(n);
        if (rest.endsWith(value.slice(0, n))) rest = rest.slice(0, -n) + name;
      }
    }
    return rest;
  }

  /** A copy of the error without secrets, in its message, hint, place, stack and causes. */
  error(error: RunletError): RunletError {
    const where = Object.fromEntries(
      Object.entries(error.where).map(([key, each]) => [
        key,
        typeof each === "string" ? this.text(each) : each,
      ]),
    );
    const { excerpt } = error.where;
    let message = error.message;
    if (excerpt) {
      where["excerpt"] = this.cut(excerpt);
      message = message
        .replaceAll(JSON.stringify(excerpt), JSON.stringify(where["excerpt"]))
        .replaceAll(excerpt, where["excerpt"]);
    }
    const copy = new RunletError(error.code, this.text(message), {
      where,
      ...(error.hint === undefined ? {} : { hint: this.text(error.hint) }),
      ...(error.cause === undefined ? {} : { cause: this.cause(error.cause, 0) }),
    });
    if (error.stack) copy.stack = this.text(error.stack.replaceAll(error.message, message));
    return copy;
  }

  private cause(cause: unknown, depth: number): unknown {
    if (depth > 8) return undefined;
    if (cause instanceof RunletError) return this.error(cause);
    if (!(cause instanceof Error)) return this.text(typeof cause === "string" ? cause : describe(cause));
    // Own fields of foreign errors (requests, headers, responses) may hold credentials: they are not taken over.
    const copy = new Error(this.text(cause.message));
    copy.name = cause.name;
    if (cause.stack) copy.stack = this.text(cause.stack);
    if (cause.cause !== undefined) copy.cause = this.cause(cause.cause, depth + 1);
    return copy;
  }
}

function describe(value: unknown): string {
  try {
    return String(value);
  } catch {
    return "unprintable";
  }
}

function forms(value: string): Set<string> {
  const encoded = encodeURIComponent(value);
  const bytes = new TextEncoder().encode(value);
  const inBase64 = btoa(String.fromCharCode(...bytes));
  return new Set([
    value,
    encoded,
    encoded.replaceAll("%20", "+"),
    new URLSearchParams({ v: value }).toString().slice(2),
    JSON.stringify(value).slice(1, -1),
    inBase64,
    encodeURIComponent(inBase64),
  ]);
}

/** A short value stands in many words by chance; it is a secret only where it stands alone. */
function expression(value: string): string {
  const literal = value.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  return value.length < 5 ? `(?<![A-Za-z0-9])${literal}(?![A-Za-z0-9])` : literal;
}
