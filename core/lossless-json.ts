import type { Json } from "./json.ts";

/** Parses JSON (RFC 8259) keeping integers beyond 2^53 as bigint. Everything else is as `JSON.parse` gives it. */
export function parseLossless(text: string): Json {
  // Only a run of 16 digits can be an integer that a double does not hold.
  if (!/\d{16}/.test(text)) return JSON.parse(text) as Json;
  const reader = new Reader(text);
  return reader.document();
}

const INTEGER = /^-?\d+$/;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const PLAIN = /^[^\\\u0000-\u001f]*$/;
const SPACE = /[ \t\n\r]*/y;

class Reader {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  document(): Json {
    const value = this.value();
    this.space();
    if (this.at < this.text.length) throw this.fault();
    return value;
  }

  private value(): Json {
    this.space();
    switch (this.text[this.at]) {
      case "{":
        return this.object();
      case "[":
        return this.array();
      case '"':
        return this.string();
      case "t":
        return this.word("true", true);
      case "f":
        return this.word("false", false);
      case "n":
        return this.word("null", null);
      default:
        return this.number();
    }
  }

  private object(): Json {
    const object: Record<string, Json> = {};
    this.at++;
    if (this.skip("}")) return object;
    do {
      this.space();
      const key = this.string();
      if (!this.skip(":")) throw this.fault();
      const value = this.value();
      // A plain assignment to __proto__ would set the prototype.
      if (key === "__proto__")
        Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
      else object[key] = value;
    } while (this.skip(","));
    if (!this.skip("}")) throw this.fault();
    return object;
  }

  private array(): Json {
    const array: Json[] = [];
    this.at++;
    if (this.skip("]")) return array;
    do array.push(this.value());
    while (this.skip(","));
    if (!this.skip("]")) throw this.fault();
    return array;
  }

  private string(): string {
    const start = this.at;
    if (this.text[start] !== '"') throw this.fault();
    let end = this.text.indexOf('"', start + 1);
    while (end > 0 && this.isEscaped(end)) end = this.text.indexOf('"', end + 1);
    if (end < 0) throw this.fault();
    this.at = end + 1;
    const raw = this.text.slice(start + 1, end);
    // Escapes, and control characters that are an error, are rare: JSON.parse knows both.
    return PLAIN.test(raw) ? raw : (JSON.parse(this.text.slice(start, end + 1)) as string);
  }

  private isEscaped(at: number): boolean {
    let slashes = 0;
    while (this.text[at - 1 - slashes] === "\\") slashes++;
    return slashes % 2 === 1;
  }

  private number(): number | bigint {
    const raw = this.match(NUMBER);
    const number = Number(raw);
    return Number.isSafeInteger(number) || !INTEGER.test(raw) ? number : BigInt(raw);
  }

  private word<T extends Json>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw this.fault();
    this.at += word.length;
    return value;
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (!found || found[0] === "") throw this.fault();
    this.at = pattern.lastIndex;
    return found[0];
  }

  private skip(mark: string): boolean {
    this.space();
    if (this.text[this.at] !== mark) return false;
    this.at++;
    return true;
  }

  private space(): void {
    SPACE.lastIndex = this.at;
    SPACE.test(this.text);
    this.at = SPACE.lastIndex;
  }

  private fault(): SyntaxError {
    return new SyntaxError(
      `Unexpected ${this.at < this.text.length ? "token" : "end of input"} at position ${this.at}`,
    );
  }
}
