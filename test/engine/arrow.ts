import { DataType, Precision, tableFromIPC, TimeUnit } from "apache-arrow";
import type { Data, Field } from "apache-arrow";
import { canonicalDouble } from "../reference/coerce.ts";

/** A column of a batch as text: `cells[i]` is the canonical text of row i, undefined where null. */
export interface ReadColumn {
  name: string;
  /** dlt's name for the Arrow type, with precision and scale of a decimal. */
  type: string;
  nullable: boolean;
  cells: (string | undefined)[];
}

const END_OF_STREAM = Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0);

/** Reads a schema message and its record batch messages with apache-arrow. */
export function readArrow(schema: Uint8Array, batches: readonly Uint8Array[]): ReadColumn[] {
  const table = tableFromIPC([schema, ...batches, END_OF_STREAM]);
  return table.schema.fields.map((field, i) => ({
    name: field.name,
    type: typeName(field),
    nullable: field.nullable,
    cells: table.getChildAt(i)!.data.flatMap((data) => readData(field, data)),
  }));
}

function typeName(field: Field): string {
  const type = field.type;
  if (DataType.isUtf8(type))
    return field.metadata.get("ARROW:extension:name") === "arrow.json" ? "json" : "text";
  if (DataType.isInt(type) && type.bitWidth === 64 && type.isSigned) return "bigint";
  if (DataType.isFloat(type) && type.precision === Precision.DOUBLE) return "double";
  if (DataType.isBool(type)) return "bool";
  if (DataType.isTimestamp(type) && type.unit === TimeUnit.MICROSECOND && type.timezone === "UTC")
    return "timestamp";
  if (DataType.isDecimal(type)) return `decimal(${type.precision},${type.scale})`;
  if (DataType.isBinary(type)) return "binary";
  if (DataType.isDate(type)) return "date";
  if (DataType.isTime(type)) return "time";
  throw new Error(`column ${field.name} has the unexpected Arrow type ${type}`);
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function readData(field: Field, data: Data): (string | undefined)[] {
  const cells = new Array<string | undefined>(data.length).fill(undefined);
  const { nullCount, valueOffsets } = data;
  if (nullCount === data.length) return cells;
  const read = reader(field.type, data);
  let nulls = 0;
  for (let i = 0; i < data.length; i++) {
    if (data.getValid(i)) cells[i] = read(i);
    else nulls++;
    if (valueOffsets && valueOffsets[i]! > valueOffsets[i + 1]!)
      throw new Error(`${field.name}: offsets fall at row ${i}`);
  }
  if (nulls !== nullCount) throw new Error(`${field.name}: ${nulls} nulls, the message says ${nullCount}`);
  return cells;
}

function reader(type: DataType, data: Data): (i: number) => string {
  const { values, valueOffsets } = data;
  const at = data.offset;
  if (DataType.isUtf8(type)) return (i) => utf8.decode(values.subarray(valueOffsets[i], valueOffsets[i + 1]));
  if (DataType.isBinary(type)) {
    return (i) => Buffer.from(values.subarray(valueOffsets[i], valueOffsets[i + 1])).toString("hex");
  }
  if (DataType.isBool(type)) return (i) => String(((values[(at + i) >> 3]! >> ((at + i) & 7)) & 1) === 1);
  if (DataType.isFloat(type)) return (i) => canonicalDouble(values[i]!);
  if (DataType.isDecimal(type)) {
    const words = new BigUint64Array(values.buffer, values.byteOffset, data.length * 2);
    return (i) => decimal((BigInt.asIntN(64, words[i * 2 + 1]!) << 64n) | words[i * 2]!, type.scale);
  }
  // Timestamps, times, dates and integers: apache-arrow keeps 64-bit ones in a BigInt64Array or in pairs of words.
  const wide = values instanceof Int32Array && !DataType.isDate(type);
  const whole = wide ? new BigInt64Array(values.buffer, values.byteOffset, values.length >> 1) : values;
  return (i) => String(whole[i]);
}

function decimal(unscaled: bigint, scale: number): string {
  if (scale === 0) return unscaled.toString();
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
  const fraction = digits.slice(-scale).replace(/0+$/, "");
  return (unscaled < 0n ? "-" : "") + digits.slice(0, -scale) + (fraction === "" ? "" : `.${fraction}`);
}
