import { parseJson, writeJson } from "./json.ts";
import { integerOf, pythonNumber } from "./python-number.ts";
import { coerceTimestamp, detectTimestamp, epochSeconds } from "./timestamp.ts";

/** Types the reference gives to columns; `decimal` is decimal(38, 0). */
export type Kind = "text" | "bigint" | "double" | "bool" | "timestamp" | "decimal" | "json";

/** A scalar on its way into a column, in the canonical text of its kind (see {@link canonicalDouble}). */
export interface Scalar {
  kind: Kind;
  text: string;
  /** An integer beyond 38 digits, which no numeric type holds: it is text of digits. */
  overflow?: true;
}

const MAX64 = 2n ** 63n - 1n;
const MIN64 = -(2n ** 63n);
const MAX38 = 10n ** 38n - 1n;

export function fits64(n: bigint): boolean {
  return n >= MIN64 && n <= MAX64;
}

/** What the literal of a JSON number is: an integer by its writing, else a double; undefined when it is infinite. */
export function numberScalar(text: string): Scalar | undefined {
  if (/^-?\d+$/.test(text)) {
    const n = BigInt(text);
    if (fits64(n)) return { kind: "bigint", text: n.toString() };
    if (n <= MAX38 && n >= -MAX38) return { kind: "decimal", text: n.toString() };
    return { kind: "text", text, overflow: true };
  }
  const x = Number(text);
  return Number.isFinite(x) ? { kind: "double", text: canonicalDouble(x) } : undefined;
}

/** Shortest text of a double; keeps the sign of zero. */
export function canonicalDouble(x: number): string {
  return Object.is(x, -0) ? "-0" : String(x);
}

/** `repr` of a Python float, which is what dlt writes when a double meets a text column. */
export function pythonFloat(x: number): string {
  if (Object.is(x, -0)) return "-0.0";
  const [mantissa, exponent] = x.toExponential().split("e") as [string, string];
  const e = Number(exponent);
  if (e < -4 || e >= 16) return `${mantissa}e${e < 0 ? "-" : "+"}${String(Math.abs(e)).padStart(2, "0")}`;
  const plain = e < 0 ? x.toFixed(mantissa.replace(/[-.]/g, "").length - 1 - e) : String(x);
  return plain.includes(".") ? plain : `${plain}.0`;
}

/** The type a new column takes from its first value. */
export function inferred(value: Scalar): Kind {
  return value.kind === "text" && detectTimestamp(value.text) !== undefined ? "timestamp" : value.kind;
}

const TRUE = new Set(["yes", "true", "t", "y", "1"]);
const FALSE = new Set(["no", "false", "f", "n", "0"]);

/** The value as `to` holds it, null for nothing to store, undefined when it has to go to a variant column. */
export function coerce(to: Kind, value: Scalar): string | null | undefined {
  const { kind, text } = value;
  if (to === kind) return text;
  if (value.overflow) return to === "bool" ? "true" : to === "double" ? exactDouble(text) : undefined;
  switch (to) {
    case "text":
      if (kind === "bool") return text === "true" ? "True" : "False";
      return kind === "double" ? pythonFloat(Number(text)) : text;
    case "bigint": {
      let n: bigint | undefined;
      if (kind === "text") n = integerOf(text);
      else if (kind === "decimal") n = BigInt(text);
      else if (kind === "double" && Number.isInteger(Number(text))) n = BigInt(Number(text));
      return n !== undefined && fits64(n) ? n.toString() : undefined;
    }
    case "double": {
      if (kind === "bigint" || kind === "decimal") return exactDouble(text);
      const x = kind === "text" ? pythonNumber(text) : undefined;
      return x === undefined ? undefined : canonicalDouble(x);
    }
    case "decimal": {
      let n: bigint | undefined;
      if (kind === "text") n = integerOf(text);
      else if (kind === "bigint") n = BigInt(text);
      // The digits as they stand, else those Python prints of the double.
      else if (kind === "double") n = wholeNumber(text) ?? wholeNumber(pythonFloat(Number(text)));
      return n !== undefined && n <= MAX38 && n >= -MAX38 ? n.toString() : undefined;
    }
    case "bool":
      if (kind === "text") {
        const word = text.toLowerCase();
        return TRUE.has(word) ? "true" : FALSE.has(word) ? "false" : undefined;
      }
      return kind === "bigint" || kind === "decimal" || kind === "double"
        ? String(Number(text) !== 0)
        : undefined;
    case "timestamp": {
      const us =
        kind === "text"
          ? coerceTimestamp(text)
          : kind === "bigint" || kind === "double"
            ? epochSeconds(Number(text))
            : undefined;
      return us?.toString();
    }
    case "json":
      return kind === "text" ? jsonText(text) : undefined;
  }
}

/** The integer a decimal literal stands for, exactly; undefined when it has a fraction. */
function wholeNumber(literal: string): bigint | undefined {
  const [, sign, whole, fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(literal) ?? [];
  if (whole === undefined) return undefined;
  const shift = Number(exponent) - fraction.length;
  if (shift > 400) return undefined;
  const digits = BigInt(whole + fraction);
  const divisor = shift < 0 ? 10n ** BigInt(-shift) : 1n;
  if (digits % divisor !== 0n) return undefined;
  const magnitude = shift < 0 ? digits / divisor : digits * 10n ** BigInt(shift);
  return sign ? -magnitude : magnitude;
}

/** A text that is JSON, compact; the text `null` is a null. */
function jsonText(text: string): string | null | undefined {
  try {
    const node = parseJson(new TextEncoder().encode(text));
    return node === null ? null : writeJson(node);
  } catch {
    return undefined;
  }
}

/** An integer as a double, if the double says exactly the same. */
export function exactDouble(integer: string): string | undefined {
  const x = Number(integer);
  return Number.isFinite(x) && BigInt(x) === BigInt(integer) ? canonicalDouble(x) : undefined;
}
