import type { FlatTable } from "./flatbuffer.ts";
import { readMessages } from "./ipc-messages.ts";

/** Arrow's logical types (Schema.fbs), the ones that occur in runlet's streams and DuckDB's results. */
export type ArrowType =
  | { kind: "null" | "utf8" | "large-utf8" | "binary" | "large-binary" | "bool" | "struct" | "other" }
  | { kind: "int"; bits: number; signed: boolean }
  | { kind: "float"; bits: 16 | 32 | 64 }
  | { kind: "decimal"; precision: number; scale: number; bits: number }
  | { kind: "date"; unit: "day" | "ms" }
  | { kind: "time"; unit: TimeUnit; bits: number }
  | { kind: "timestamp"; unit: TimeUnit; timezone: string | undefined }
  | { kind: "interval"; unit: "year-month" | "day-time" | "month-day-nano" }
  | { kind: "list" | "large-list" | "map" }
  | { kind: "fixed-list"; size: number }
  | { kind: "fixed-binary"; size: number };

export type TimeUnit = "s" | "ms" | "us" | "ns";

export interface ArrowField {
  name: string;
  type: ArrowType;
  nullable: boolean;
  children: ArrowField[];
  metadata: ReadonlyMap<string, string>;
  /** Present when values are indices into a dictionary. */
  dictionary?: { id: bigint; index: ArrowType };
}

const UNITS: TimeUnit[] = ["s", "ms", "us", "ns"];

function readInt(table: FlatTable): ArrowType {
  return { kind: "int", bits: table.int32(0), signed: table.byte(1) !== 0 };
}

/** Type ids are those of the union `Type` in Schema.fbs. */
function readType(id: number, table: FlatTable): ArrowType {
  switch (id) {
    case 1:
      return { kind: "null" };
    case 2:
      return readInt(table);
    case 3:
      return { kind: "float", bits: ([16, 32, 64] as const)[table.int16(0)] ?? 64 };
    case 4:
      return { kind: "binary" };
    case 5:
      return { kind: "utf8" };
    case 6:
      return { kind: "bool" };
    case 7:
      return {
        kind: "decimal",
        precision: table.int32(0),
        scale: table.int32(1),
        bits: table.int32(2, 128),
      };
    case 8:
      return { kind: "date", unit: table.int16(0, 1) === 0 ? "day" : "ms" };
    case 9:
      return { kind: "time", unit: UNITS[table.int16(0, 1)] ?? "ms", bits: table.int32(1, 32) };
    case 10:
      return { kind: "timestamp", unit: UNITS[table.int16(0)] ?? "s", timezone: table.text(1) };
    case 11:
      return {
        kind: "interval",
        unit: (["year-month", "day-time", "month-day-nano"] as const)[table.int16(0)] ?? "day-time",
      };
    case 12:
      return { kind: "list" };
    case 13:
      return { kind: "struct" };
    case 15:
      return { kind: "fixed-binary", size: table.int32(0) };
    case 16:
      return { kind: "fixed-list", size: table.int32(0) };
    case 17:
      return { kind: "map" };
    case 19:
      return { kind: "large-binary" };
    case 20:
      return { kind: "large-utf8" };
    case 21:
      return { kind: "large-list" };
    default:
      return { kind: "other" };
  }
}

function readField(table: FlatTable): ArrowField {
  const type = table.table(3);
  const field: ArrowField = {
    name: table.text(0) ?? "",
    type: type ? readType(table.byte(2), type) : { kind: "other" },
    nullable: table.byte(1) !== 0,
    children: table.tables(5).map(readField),
    metadata: new Map(table.tables(6).map((pair) => [pair.text(0) ?? "", pair.text(1) ?? ""])),
  };
  const dictionary = table.table(4);
  if (dictionary) {
    const index = dictionary.table(1);
    field.dictionary = {
      id: dictionary.int64(0),
      index: index ? readInt(index) : { kind: "int", bits: 32, signed: true },
    };
  }
  return field;
}

/** The fields of a schema message's header. */
export function readFields(header: FlatTable): ArrowField[] {
  return header.tables(1).map(readField);
}

/** Fields, number of rows and completeness of one Arrow IPC stream; the columns' data is not looked at. */
export function describeStream(stream: Uint8Array): { fields: ArrowField[]; rows: number; ended: boolean } {
  const { messages, ended } = readMessages(stream);
  const [first] = messages;
  if (first?.kind !== "schema") throw new Error("Arrow IPC stream does not begin with a schema");
  let rows = 0;
  for (const message of messages) if (message.kind === "batch") rows += Number(message.header.int64(0));
  return { fields: readFields(first.header), rows, ended };
}
