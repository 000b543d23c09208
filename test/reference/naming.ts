import { createHash } from "node:crypto";

/** White space as Python's `str.strip` sees it. */
const SPACE = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const STRIP = new RegExp(`^${SPACE}+|${SPACE}+$`, "gu");

export function strip(text: string): string {
  return text.replace(STRIP, "");
}

const TRANSLATE: Record<string, string> = { "+": "x", "*": "x", "-": "_", "@": "a", "|": "l" };

/** dlt's `snake_case` naming convention with its length limit, in code points. */
export class Naming {
  readonly max: number;
  constructor(max = 65536) {
    this.max = max;
  }

  /** One identifier, no path. */
  identifier(raw: string): string {
    const stripped = strip(raw);
    let name = stripped.replace(/[+*\-@|]/g, (c) => TRANSLATE[c]!).replace(/[^a-zA-Z\p{Nd}_]+/gu, "_");
    name = name
      .replace(/([^_])([A-Z][a-z]+)/gu, "$1_$2")
      .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
      .toLowerCase();
    if (/^\p{Nd}/u.test(name)) name = `_${name}`;
    name = name.replace(/_+$/, (tail) => "x".repeat(tail.length)).replace(/__+/g, "_");
    return this.shorten(name, stripped);
  }

  /** A key of the data: a path of identifiers joined by `__`. A key without any letter to keep is `_empty`. */
  key(raw: string): string {
    const parts = raw.split("__").filter((part) => strip(part) !== "");
    if (parts.length === 0) return "_empty";
    return this.shorten(parts.map((part) => this.identifier(part)).join("__"), raw);
  }

  /** Parts that are normalised already, joined. */
  join(...parts: readonly string[]): string {
    const path = parts.join("__");
    return this.shorten(path, path);
  }

  shorten(name: string, tagged: string): string {
    const points = [...name];
    if (points.length <= this.max) return name;
    const tag = createHash("shake128", { outputLength: 4 })
      .update(tagged, "utf8")
      .digest("base64")
      .replaceAll("=", "")
      .replaceAll("/", "a")
      .replaceAll("+", "b")
      .toLowerCase();
    const rest = this.max - tag.length;
    const tail = Math.floor(rest / 2);
    return points.slice(0, Math.ceil(rest / 2)).join("") + tag + points.slice(points.length - tail).join("");
  }
}
