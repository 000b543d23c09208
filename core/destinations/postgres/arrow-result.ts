import type { ArrowField, ArrowType } from "../../arrow/ipc-schema.ts";
import { type ArrowBatch, batchMessage, joinStream, schemaMessage } from "../../arrow/ipc-writer.ts";
import { stringifyExact } from "../../schema/exact-json.ts";
import type { ResultRows } from "./connection.ts";
import { OID } from "./result-types.ts";

/** Rows per record batch. */
const BATCH = 65_536;
const INFINITE = 2n ** 63n - 1n;

/** Buffers of a column's values after the validity bitmap; null is undefined. */
type Pack = (values: readonly unknown[]) => Uint8Array[];

/** A result as one Arrow IPC stream: integers, doubles, booleans, binary, dates, times and timestamps (µs) have their Arrow types,
 *  JSON is text with the extension `arrow.json`, all else text; `numeric`, too, whose digits are the query's. */
export function arrowResult({ names, types, rows }: ResultRows): Uint8Array {
  const columns = types.map((oid, index) => ({ index, ...columnOf(names[index]!, oid) }));
  const messages = [schemaMessage(columns.map(({ field }) => field))];
  for (let from = 0; from < rows.length; from += BATCH) {
    const part = rows.slice(from, from + BATCH);
    const batch: ArrowBatch = { rows: part.length, nodes: [], buffers: [] };
    for (const { index, pack } of columns) {
      const values = part.map((row) => row[index] ?? undefined);
      const nulls = values.filter((value) => value === undefined).length;
      batch.nodes.push([part.length, nulls]);
      batch.buffers.push(nulls === 0 ? new Uint8Array(0) : bitmap(values, (value) => value !== undefined));
      batch.buffers.push(...pack(values));
    }
    messages.push(batchMessage(batch));
  }
  return joinStream(messages);
}

function columnOf(name: string, oid: number): { field: ArrowField; pack: Pack } {
  const column = (type: ArrowType, pack: Pack): { field: ArrowField; pack: Pack } => ({
    field: { name, type, nullable: true, children: [], metadata: new Map() },
    pack,
  });
  const times = (unit: (text: string) => bigint): Pack =>
    fixed(BigInt64Array, (value) => (value === undefined ? 0n : unit(value as string)));
  switch (oid) {
    case OID.int2:
      return column(
        { kind: "int", bits: 16, signed: true },
        fixed(Int16Array, (value) => (value as number) ?? 0),
      );
    case OID.int4:
      return column(
        { kind: "int", bits: 32, signed: true },
        fixed(Int32Array, (value) => (value as number) ?? 0),
      );
    case OID.int8:
      return column(
        { kind: "int", bits: 64, signed: true },
        fixed(BigInt64Array, (value) => (value as bigint) ?? 0n),
      );
    case OID.float4:
      return column(
        { kind: "float", bits: 32 },
        fixed(Float32Array, (value) => (value as number) ?? 0),
      );
    case OID.float8:
      return column(
        { kind: "float", bits: 64 },
        fixed(Float64Array, (value) => (value as number) ?? 0),
      );
    case OID.bool:
      return column({ kind: "bool" }, (values) => [bitmap(values, (value) => value === true)]);
    case OID.date:
      return column(
        { kind: "date", unit: "day" },
        fixed(Int32Array, (value) => (value === undefined ? 0 : days(value as string))),
      );
    case OID.time:
      return column(
        { kind: "time", unit: "us", bits: 64 },
        times((text) => micros(`1970-01-01T${text}`)),
      );
    case OID.timestamp:
      return column({ kind: "timestamp", unit: "us", timezone: undefined }, times(micros));
    case OID.timestamptz:
      return column({ kind: "timestamp", unit: "us", timezone: "UTC" }, times(micros));
    case OID.bytea:
      return column({ kind: "binary" }, (values) =>
        joined(values.map((value) => (value as Uint8Array) ?? NOTHING)),
      );
    default: {
      const { field, pack } = column({ kind: "utf8" }, packText);
      if (oid === OID.json || oid === OID.jsonb)
        field.metadata = new Map([["ARROW:extension:name", "arrow.json"]]);
      return { field, pack };
    }
  }
}

const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();

const packText: Pack = (values) =>
  joined(
    values.map((value) =>
      value === undefined
        ? NOTHING
        : encoder.encode(typeof value === "string" ? value : stringifyExact(value)),
    ),
  );

type Numbers<T> = new (length: number) => { buffer: ArrayBufferLike; [index: number]: T };

function fixed<T extends number | bigint>(array: Numbers<T>, read: (value: unknown) => T): Pack {
  return (values) => {
    const into = new array(values.length);
    values.forEach((value, row) => (into[row] = read(value)));
    return [new Uint8Array(into.buffer)];
  };
}

function joined(parts: readonly Uint8Array[]): Uint8Array[] {
  const offsets = new Int32Array(parts.length + 1);
  parts.forEach((part, row) => (offsets[row + 1] = offsets[row]! + part.length));
  const bytes = new Uint8Array(offsets[parts.length]!);
  parts.forEach((part, row) => bytes.set(part, offsets[row]));
  return [new Uint8Array(offsets.buffer), bytes];
}

function bitmap(values: readonly unknown[], isSet: (value: unknown) => boolean): Uint8Array {
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, row) => {
    if (isSet(value)) bits[row >> 3]! |= 1 << (row & 7);
  });
  return bits;
}

/** Microseconds since 1970 of a time that {@link resultTypes} printed. */
function micros(text: string): bigint {
  if (text === "infinity") return INFINITE;
  if (text === "-infinity") return -INFINITE;
  const [seconds, fraction = ""] = text.replace("Z", "").split(".");
  return BigInt(Date.parse(`${seconds}Z`)) * 1000n + BigInt(fraction.padEnd(6, "0"));
}

function days(text: string): number {
  const time = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(time) ? (text.startsWith("-") ? -0x7fff_ffff : 0x7fff_ffff) : time / 86_400_000;
}
