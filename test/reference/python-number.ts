import { strip } from "./naming.ts";

/** Decimal digits of any script as ASCII; their code points come in runs of ten from zero up. */
function asciiDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => {
    let point = digit.codePointAt(0)!;
    let value = 0;
    while (/\p{Nd}/u.test(String.fromCodePoint(--point))) value++;
    return String(value % 10);
  });
}

/** Python's `int(text)` and dlt's hexadecimal form of it. */
export function integerOf(text: string): bigint | undefined {
  const trimmed = asciiDigits(strip(text));
  const hex = /^0x([0-9a-fA-F]+(?:_[0-9a-fA-F]+)*)$/.exec(trimmed);
  if (hex) return BigInt(`0x${hex[1]!.replaceAll("_", "")}`);
  const plain = /^([-+]?)(\d+(?:_\d+)*)$/.exec(trimmed);
  if (!plain) return undefined;
  const n = BigInt(plain[2]!.replaceAll("_", ""));
  return plain[1] === "-" ? -n : n;
}

const FLOAT = /^[-+]?(\d+(_\d+)*\.?(\d+(_\d+)*)?|\.\d+(_\d+)*)([eE][-+]?\d+(_\d+)*)?$/;

/** Python's `float(text)`; undefined also for infinities and NaN, which runlet never stores. */
export function floatOf(text: string): number | undefined {
  const trimmed = asciiDigits(strip(text));
  return FLOAT.test(trimmed) ? finite(Number(trimmed.replaceAll("_", ""))) : undefined;
}

/** {@link floatOf}, and dlt's hexadecimal integers. */
export function pythonNumber(text: string): number | undefined {
  if (!strip(text).startsWith("0x")) return floatOf(text);
  const n = integerOf(text);
  return n === undefined ? undefined : finite(Number(n));
}

function finite(x: number): number | undefined {
  return Number.isFinite(x) ? x : undefined;
}
