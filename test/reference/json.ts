/** A number as it was written; nothing is lost before the shredder decides its type. */
export class NumberText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A JSON value. Objects are maps in document order; of a repeated key only the last occurrence stays. */
export type JsonNode = null | boolean | string | NumberText | JsonNode[] | Map<string, JsonNode>;

/** Why a text is refused; `offset` counts bytes from the start of the text. */
export class JsonFault extends Error {
  readonly code: "SOURCE_NOT_JSON" | "SOURCE_NOT_UTF8" | "LIMIT_DEPTH";
  readonly offset: number;
  constructor(code: JsonFault["code"], offset: number) {
    super(`${code} at byte ${offset}`);
    this.code = code;
    this.offset = offset;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const ESCAPES: Record<string, string> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/**
 * A strict RFC 8259 parser over bytes, written to be read. Numbers keep their source text, lone surrogates become
 * U+FFFD. The whole of `bytes` is one JSON text. `onRepeatedKey` hears of keys that an object has twice.
 */
export function parseJson(bytes: Uint8Array, maxDepth = Infinity, onRepeatedKey = () => {}): JsonNode {
  const parser = new Parser(bytes, maxDepth, onRepeatedKey);
  parser.space();
  const value = parser.value(0);
  parser.space();
  if (parser.at < bytes.length) parser.fail();
  return value;
}

class Parser {
  at = 0;
  readonly bytes: Uint8Array;
  readonly maxDepth: number;
  readonly onRepeatedKey: () => void;

  constructor(bytes: Uint8Array, maxDepth: number, onRepeatedKey: () => void) {
    this.bytes = bytes;
    this.maxDepth = maxDepth;
    this.onRepeatedKey = onRepeatedKey;
  }

  fail(): never {
    throw new JsonFault("SOURCE_NOT_JSON", this.at);
  }

  peek(): string {
    return this.at < this.bytes.length ? String.fromCharCode(this.bytes[this.at]!) : "";
  }

  space(): void {
    while (this.at < this.bytes.length && " \t\n\r".includes(this.peek())) this.at++;
  }

  expect(word: string): void {
    for (const c of word) {
      if (this.peek() !== c) this.fail();
      this.at++;
    }
  }

  value(depth: number): JsonNode {
    switch (this.peek()) {
      case "{":
        return this.object(depth + 1);
      case "[":
        return this.array(depth + 1);
      case '"':
        return this.string();
      case "t":
        this.expect("true");
        return true;
      case "f":
        this.expect("false");
        return false;
      case "n":
        this.expect("null");
        return null;
      default:
        return this.number();
    }
  }

  object(depth: number): Map<string, JsonNode> {
    if (depth > this.maxDepth) throw new JsonFault("LIMIT_DEPTH", this.at);
    const out = new Map<string, JsonNode>();
    this.at++;
    this.space();
    if (this.peek() === "}") {
      this.at++;
      return out;
    }
    for (;;) {
      if (this.peek() !== '"') this.fail();
      const key = this.string();
      this.space();
      this.expect(":");
      this.space();
      if (out.delete(key)) this.onRepeatedKey();
      out.set(key, this.value(depth));
      this.space();
      if (this.peek() === "}") break;
      this.expect(",");
      this.space();
    }
    this.at++;
    return out;
  }

  array(depth: number): JsonNode[] {
    if (depth > this.maxDepth) throw new JsonFault("LIMIT_DEPTH", this.at);
    const out: JsonNode[] = [];
    this.at++;
    this.space();
    if (this.peek() === "]") {
      this.at++;
      return out;
    }
    for (;;) {
      out.push(this.value(depth));
      this.space();
      if (this.peek() === "]") break;
      this.expect(",");
      this.space();
    }
    this.at++;
    return out;
  }

  string(): string {
    this.at++;
    let out = "";
    for (;;) {
      const start = this.at;
      while (this.at < this.bytes.length) {
        const c = this.bytes[this.at]!;
        if (c === 0x22 || c === 0x5c || c < 0x20) break;
        this.at++;
      }
      out += this.decode(start, this.at);
      if (this.peek() === '"') break;
      if (this.peek() !== "\\") this.fail();
      this.at++;
      out += this.escape();
    }
    this.at++;
    return out.replace(/\p{Surrogate}/gu, "\ufffd");
  }

  decode(start: number, end: number): string {
    try {
      return utf8.decode(this.bytes.subarray(start, end));
    } catch {
      throw new JsonFault("SOURCE_NOT_UTF8", start + validPrefix(this.bytes.subarray(start, end)));
    }
  }

  escape(): string {
    const c = this.peek();
    if (c !== "u") {
      const plain = ESCAPES[c];
      if (plain === undefined) this.fail();
      this.at++;
      return plain;
    }
    this.at++;
    let code = 0;
    for (let i = 0; i < 4; i++) {
      const digit = "0123456789abcdef".indexOf(this.peek().toLowerCase() || "?");
      if (digit < 0) this.fail();
      code = code * 16 + digit;
      this.at++;
    }
    return String.fromCharCode(code);
  }

  number(): NumberText {
    const start = this.at;
    const digits = () => {
      if (!isDigit(this.peek())) this.fail();
      while (isDigit(this.peek())) this.at++;
    };
    if (this.peek() === "-") this.at++;
    if (this.peek() === "0") this.at++;
    else digits();
    if (this.peek() === ".") {
      this.at++;
      digits();
    }
    if (this.peek() === "e" || this.peek() === "E") {
      this.at++;
      if (this.peek() === "+" || this.peek() === "-") this.at++;
      digits();
    }
    return new NumberText(String.fromCharCode(...this.bytes.subarray(start, this.at)));
  }
}

function isDigit(c: string): boolean {
  return c >= "0" && c <= "9" && c.length === 1;
}

/** Length of the longest valid UTF-8 prefix. */
export function validPrefix(bytes: Uint8Array): number {
  let low = 0;
  let high = bytes.length;
  // The decoder in streaming mode accepts a prefix that may still be completed: bisect on it, then step back.
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (streams(bytes.subarray(0, middle))) low = middle;
    else high = middle - 1;
  }
  while (low > 0 && !complete(bytes.subarray(0, low))) low--;
  return low;
}

function streams(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function complete(bytes: Uint8Array): boolean {
  try {
    utf8.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Compact JSON text: numbers as written, strings with the fewest escapes RFC 8259 allows. */
export function writeJson(node: JsonNode): string {
  if (node === null || typeof node === "boolean") return String(node);
  if (typeof node === "string") return JSON.stringify(node);
  if (node instanceof NumberText) return node.text;
  if (Array.isArray(node)) return `[${node.map(writeJson).join(",")}]`;
  return `{${[...node].map(([key, value]) => `${JSON.stringify(key)}:${writeJson(value)}`).join(",")}}`;
}
