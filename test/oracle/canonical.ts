import { createHash } from "node:crypto";

/** The canonical form of a cell (README.md in this folder) and the digests made of it. The values come as apache-arrow or
 *  DuckDB give them, brought to: bigint for integers and microseconds, string for text, json and decimals, bytes for binary. */
export type CellValue = null | boolean | bigint | number | string | Uint8Array;

const PREFIX: Record<string, string> = {
  bigint: "i",
  text: "s",
  timestamp: "t",
  date: "y",
  time: "h",
};

/** `value` of dlt's type `type` as a canonical cell; microseconds for timestamp and time, days for date. */
export function cell(value: CellValue | undefined, type: string): string {
  if (value === null || value === undefined) return "n";
  switch (type) {
    case "bool":
      return value ? "b1" : "b0";
    case "double":
      return "d" + doubleBits(Number(value));
    case "decimal":
    case "wei":
      return "e" + plainDecimal(String(value));
    case "binary":
      return "x" + Buffer.from(value as Uint8Array).toString("hex");
    case "json":
      return "j" + canonicalJson(value as string);
    default:
      return PREFIX[type]! + String(value);
  }
}

export function doubleBits(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16).padStart(16, "0");
}

/** A decimal number without exponent, without trailing zeros after the point, zero without sign. */
export function plainDecimal(text: string): string {
  const [, sign, whole, fraction = "", exponent = "0"] = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(
    text,
  )!;
  const shift = Number(exponent);
  let digits = whole! + fraction;
  let point = whole!.length + shift;
  if (point < 0) {
    digits = "0".repeat(-point) + digits;
    point = 0;
  }
  digits = digits.padEnd(point, "0");
  const integer = digits.slice(0, point).replace(/^0+(?=.)/, "") || "0";
  const rest = digits.slice(point).replace(/0+$/, "");
  const plain = rest ? `${integer}.${rest}` : integer;
  return plain === "0" ? plain : (sign === "-" ? "-" : "") + plain;
}

const JSON_TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[^\s]/g;

export function canonicalJson(text: string): string {
  return text.replace(/\s*("(?:[^"\\]|\\.)*"|[^\s"]+)\s*/g, "$1").replace(JSON_TOKEN, (token) => {
    if (token[0] === '"') return JSON.stringify(JSON.parse(token));
    if (!/^-?\d/.test(token)) return token;
    if (/^-?\d+$/.test(token)) {
      const integer = BigInt(token);
      if (integer >= -(2n ** 63n) && integer < 2n ** 64n) return String(integer);
    }
    return "d" + doubleBits(Number(token));
  });
}

/** The first 16 hex digits of SHA-256 over the cells, sorted by their bytes. */
export function digest(cells: readonly string[]): string {
  const hash = createHash("sha256");
  const sorted = cells.map((c) => Buffer.from(c, "utf8")).sort(Buffer.compare);
  for (const bytes of sorted) {
    hash.update(`${bytes.length}:`);
    hash.update(bytes);
  }
  return hash.digest("hex").slice(0, 16);
}

/** A row as one cell for the table's digest; pairs of column name and canonical cell. */
export function rowText(named: readonly (readonly [string, string])[]): string {
  return named
    .filter(([, c]) => c !== "n")
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([name, c]) => `${name}=${c}`)
    .join("\x1f");
}
