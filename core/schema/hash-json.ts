import { sha3_256 } from "@noble/hashes/sha3.js";
import { hostSha3, type Sha3 } from "../host.ts";

/** Compact JSON with object keys in code-point order, byte for byte what dlt hashes (orjson with sorted keys).
 *  Keys whose value is undefined are left out. */
export function hashJson(value: unknown): string {
  if (value === null) return "null";
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      return numberText(value);
    case "bigint":
    case "boolean":
      return String(value);
  }
  if (Array.isArray(value)) return `[${value.map(hashJson).join(",")}]`;
  let text = "{";
  for (const key of Object.keys(value as object).sort(compareCodePoints)) {
    const member = (value as Record<string, unknown>)[key];
    if (member === undefined) continue;
    text += `${text.length > 1 ? "," : ""}${JSON.stringify(key)}:${hashJson(member)}`;
  }
  return `${text}}`;
}

/** base64 of SHA3-256 over the parts, concatenated as UTF-8. */
export function hashText(parts: Iterable<string>): string {
  const hash = hostSha3() ?? portableSha3();
  for (const part of parts) hash.update(part);
  return btoa(String.fromCharCode(...hash.digest()));
}

/** For runtimes without a SHA-3 of their own. */
function portableSha3(): Sha3 {
  const utf8 = new TextEncoder();
  const hash = sha3_256.create();
  return { update: (text) => hash.update(utf8.encode(text)), digest: () => hash.digest() };
}

/** Order of UTF-8 bytes, which is code-point order; JavaScript's own is that of UTF-16 units. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return lift(x) - lift(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above every other UTF-16 unit. */
function lift(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** orjson switches to an exponent at 1e16 (JavaScript at 1e21) and below 1e-5 (JavaScript below 1e-6). Integral numbers
 *  print without a fraction: a JavaScript number does not know whether it was written as `1.0`. */
function numberText(value: number): string {
  if (!Number.isFinite(value)) return "null";
  const size = Math.abs(value);
  if (Number.isSafeInteger(value) || (size >= 1e-5 && size < 1e16)) return String(value);
  return value.toExponential().replace(/^(-?\d)\.0+e/, "$1e");
}
