import {
  byte,
  type FlatField,
  FlatWriter,
  int,
  long,
  pairs,
  short,
  table,
  tables,
  text,
} from "./flatbuffer-writer.ts";
import type { ArrowField, ArrowType, TimeUnit } from "./ipc-schema.ts";

/** Columns of a record batch: nodes and buffers in Arrow's pre-order. */
export interface ArrowBatch {
  rows: number;
  /** Length and number of nulls of each array. */
  nodes: (readonly [length: number, nulls: number])[];
  /** Bytes of each buffer; empty for a validity bitmap that is left out. */
  buffers: Uint8Array[];
}

const METADATA_V5 = 4;
const SCHEMA = 1;
const RECORD_BATCH = 3;
const UNITS: Record<TimeUnit, number> = { s: 0, ms: 1, us: 2, ns: 3 };

/** Id in the union `Type` of Schema.fbs, and the fields of its table. */
function writeType(type: ArrowType): [id: number, fields: FlatField[]] {
  switch (type.kind) {
    case "null":
      return [1, []];
    case "int":
      return [2, [int(type.bits), byte(type.signed ? 1 : 0)]];
    case "float":
      return [3, [short(type.bits === 16 ? 0 : type.bits === 32 ? 1 : 2)]];
    case "binary":
      return [4, []];
    case "utf8":
      return [5, []];
    case "bool":
      return [6, []];
    case "decimal":
      return [7, [int(type.precision), int(type.scale), int(type.bits)]];
    case "date":
      return [8, [short(type.unit === "day" ? 0 : 1)]];
    case "time":
      return [9, [short(UNITS[type.unit]), int(type.bits)]];
    case "timestamp":
      return [10, [short(UNITS[type.unit]), type.timezone === undefined ? undefined : text(type.timezone)]];
    case "interval":
      return [11, [short(type.unit === "year-month" ? 0 : type.unit === "day-time" ? 1 : 2)]];
    case "list":
      return [12, []];
    case "struct":
      return [13, []];
    case "fixed-binary":
      return [15, [int(type.size)]];
    case "fixed-list":
      return [16, [int(type.size)]];
    case "map":
      return [17, [byte(0)]];
    case "large-binary":
      return [19, []];
    case "large-utf8":
      return [20, []];
    case "large-list":
      return [21, []];
    case "other":
      throw new Error("a column has a type that Arrow has not");
  }
}

function writeField(field: ArrowField): FlatField[] {
  const [id, type] = writeType(field.type);
  const metadata = [...field.metadata].map(([key, value]) => [text(key), text(value)]);
  return [
    text(field.name),
    byte(field.nullable ? 1 : 0),
    byte(id),
    table(type),
    undefined,
    tables(field.children.map(writeField)),
    metadata.length > 0 ? tables(metadata) : undefined,
  ];
}

function message(kind: number, header: readonly FlatField[], bodyLength: number): Uint8Array {
  const metadata = FlatWriter.root([short(METADATA_V5), byte(kind), table(header), long(bodyLength)]);
  const bytes = new Uint8Array(8 + metadata.length + bodyLength);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xffffffff, true);
  view.setUint32(4, metadata.length, true);
  bytes.set(metadata, 8);
  return bytes;
}

/** The message that begins an Arrow IPC stream of these fields.
 *  (https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc) */
export function schemaMessage(fields: readonly ArrowField[]): Uint8Array {
  return message(SCHEMA, [short(0), tables(fields.map(writeField))], 0);
}

/** The message of one record batch; each buffer begins at a multiple of 8 bytes. */
export function batchMessage({ rows, nodes, buffers }: ArrowBatch): Uint8Array {
  let length = 0;
  const places = buffers.map((buffer) => {
    const place = [length, buffer.length] as const;
    length = Math.ceil((length + buffer.length) / 8) * 8;
    return place;
  });
  const bytes = message(RECORD_BATCH, [long(rows), pairs(nodes), pairs(places)], length);
  const body = bytes.length - length;
  buffers.forEach((buffer, index) => bytes.set(buffer, body + places[index]![0]));
  return bytes;
}

/** The end-of-stream marker. */
export const END_OF_STREAM: Uint8Array = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);

/** One complete Arrow IPC stream of its messages. */
export function joinStream(messages: readonly Uint8Array[]): Uint8Array {
  const parts = [...messages, END_OF_STREAM];
  const stream = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    stream.set(part, at);
    at += part.length;
  }
  return stream;
}
