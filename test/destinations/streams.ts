import * as arrow from "apache-arrow";
import { readMessages } from "../../core/arrow/ipc-messages.ts";
import type { ColumnSchema, DataType, TableSchema } from "../../core/schema/types.ts";

/** A column with its values, null where there is none. */
export interface Column {
  type: DataType;
  values: readonly unknown[];
  precision?: number;
  scale?: number;
  nullable?: boolean;
}

const JSON_METADATA = new Map([["ARROW:extension:name", "arrow.json"]]);

function arrowType(column: Column): arrow.DataType {
  switch (column.type) {
    case "text":
    case "json":
      return new arrow.Utf8();
    case "double":
      return new arrow.Float64();
    case "bool":
      return new arrow.Bool();
    case "timestamp":
      return new arrow.TimestampMicrosecond("UTC");
    case "bigint":
      return new arrow.Int64();
    case "binary":
      return new arrow.Binary();
    case "decimal":
      return new arrow.Decimal(column.scale ?? 9, column.precision ?? 38, 128);
    case "wei":
      return new arrow.Decimal(0, 38, 128);
    case "date":
      return new arrow.DateDay();
    case "time":
      return new arrow.TimeMicrosecond();
  }
}

/** Little-endian 128-bit words, as Arrow stores decimals. */
function words(value: bigint): Uint32Array {
  return Uint32Array.from({ length: 4 }, (_, index) => Number((value >> BigInt(index * 32)) & 0xffffffffn));
}

/** Data written out by hand: apache-arrow's builders change timestamps and dates on their way in. */
function data(type: arrow.DataType, values: readonly unknown[]): arrow.Data {
  const length = values.length;
  const nullCount = values.filter((value) => value === null).length;
  const nullBitmap = new Uint8Array(Math.ceil(length / 8));
  values.forEach((value, row) => {
    if (value !== null) nullBitmap[row >> 3]! |= 1 << (row & 7);
  });
  const common = { length, nullCount, nullBitmap: nullCount ? nullBitmap : undefined };
  const numbers = <T extends Float64Array | BigInt64Array | Int32Array>(
    into: T,
    none: number | bigint,
  ): T => {
    values.forEach((value, row) => ((into as { [row: number]: unknown })[row] = value ?? none));
    return into;
  };
  if (arrow.DataType.isUtf8(type) || arrow.DataType.isBinary(type)) {
    const parts = values.map((value) =>
      typeof value === "string"
        ? new TextEncoder().encode(value)
        : ((value as Uint8Array | null) ?? new Uint8Array(0)),
    );
    const valueOffsets = new Int32Array(length + 1);
    parts.forEach((part, row) => (valueOffsets[row + 1] = valueOffsets[row]! + part.length));
    const bytes = new Uint8Array(valueOffsets[length]!);
    parts.forEach((part, row) => bytes.set(part, valueOffsets[row]));
    return arrow.makeData({ type: type as arrow.Utf8, ...common, valueOffsets, data: bytes });
  }
  if (arrow.DataType.isBool(type)) {
    const bits = new Uint8Array(Math.ceil(length / 8));
    values.forEach((value, row) => {
      if (value) bits[row >> 3]! |= 1 << (row & 7);
    });
    return arrow.makeData({ type, ...common, data: bits });
  }
  if (arrow.DataType.isDecimal(type)) {
    const all = new Uint32Array(length * 4);
    values.forEach((value, row) => all.set(words((value as bigint | null) ?? 0n), row * 4));
    return arrow.makeData({ type, ...common, data: all });
  }
  if (arrow.DataType.isFloat(type))
    return arrow.makeData({
      type: type as arrow.Float64,
      ...common,
      data: numbers(new Float64Array(length), 0),
    });
  if (arrow.DataType.isDate(type))
    return arrow.makeData({
      type: type as arrow.DateDay,
      ...common,
      data: numbers(new Int32Array(length), 0),
    });
  return arrow.makeData({
    type: type as arrow.Int64,
    ...common,
    data: numbers(new BigInt64Array(length), 0n),
  });
}

/** One Arrow IPC stream of the columns, in `batches` record batches of the same rows each. */
export function stream(columns: Record<string, Column>, batches = 1): Uint8Array {
  const entries = Object.entries(columns);
  const fields = entries.map(
    ([name, column]) =>
      new arrow.Field(name, arrowType(column), true, column.type === "json" ? JSON_METADATA : undefined),
  );
  const schema = new arrow.Schema(fields);
  const children = entries.map(([, column], index) => data(fields[index]!.type, column.values));
  const length = entries[0]?.[1].values.length ?? 0;
  const struct = arrow.makeData({ type: new arrow.Struct(fields), length, nullCount: 0, children });
  const batch = new arrow.RecordBatch(schema, struct);
  const writer = new arrow.RecordBatchStreamWriter();
  writer.reset(undefined, schema);
  for (let n = 0; n < batches; n++) writer.write(batch);
  writer.finish();
  return writer.toUint8Array(true);
}

/** dlt's schema of a table of these columns. */
export function table(name: string, columns: Record<string, Omit<Column, "values">>): TableSchema {
  const entries = Object.entries(columns).map(([column, { type, precision, scale, nullable }]) => {
    const schema: ColumnSchema = { name: column, data_type: type };
    if (precision !== undefined) schema.precision = precision;
    if (scale !== undefined) schema.scale = scale;
    if (nullable !== undefined) schema.nullable = nullable;
    return [column, schema] as const;
  });
  return { name, columns: Object.fromEntries(entries) };
}

/** The stream with all buffers from column `from` on (columns before it have two buffers each) pointing to one zeroed
 *  region, as the engine writes columns without values: its record batch's metadata is changed in place. */
export function shareBuffers(bytes: Uint8Array, from: number): Uint8Array {
  for (const { kind, header, body } of readMessages(bytes).messages) {
    if (kind !== "batch") continue;
    const { start, length } = header.vector(2);
    const offsets = Array.from({ length }, (_, n) => Number(header.view.getBigInt64(start + n * 16, true)));
    const shared = offsets[from * 2]!;
    body.fill(0, shared);
    for (let n = from * 2; n < length; n++) header.view.setBigInt64(start + n * 16, BigInt(shared), true);
  }
  return bytes;
}
