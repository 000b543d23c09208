import { BatchCursor } from "./batch-cursor.ts";
import { readMessages } from "./ipc-messages.ts";
import { readFields, type ArrowField, type ArrowType } from "./ipc-schema.ts";
import { printDate, printInterval, printTime, printTimestamp } from "./printed-time.ts";

/** Value of one row of a column. */
type Read = (row: number) => unknown;
type Dictionaries = Map<bigint, Read>;

const text = new TextDecoder();

function readColumn(field: ArrowField, cursor: BatchCursor, dictionaries: Dictionaries): Read {
  if (!field.dictionary) return readValues(field.type, field.children, cursor, dictionaries);
  const values = dictionaries.get(field.dictionary.id);
  if (!values) throw new Error(`dictionary of column ${field.name} is missing`);
  const index = readValues(field.dictionary.index, [], cursor, dictionaries);
  return (row) => {
    const at = index(row);
    return at === null ? null : values(Number(at));
  };
}

function readValues(
  type: ArrowType,
  children: ArrowField[],
  cursor: BatchCursor,
  dictionaries: Dictionaries,
): Read {
  const node = cursor.node();
  if (type.kind === "null") return () => null;
  if (type.kind === "other") throw new Error("a column has a type that cannot be read; cast it to VARCHAR");
  const validity = cursor.buffer();
  const { body } = cursor;
  const value = readDense(type, children, cursor, dictionaries);
  if (node.nulls === 0 || validity.length === 0) return value;
  return (row) => ((body[validity.at + (row >> 3)]! >> (row & 7)) & 1 ? value(row) : null);
}

function readDense(
  type: ArrowType,
  children: ArrowField[],
  cursor: BatchCursor,
  dictionaries: Dictionaries,
): Read {
  const { view, body } = cursor;
  switch (type.kind) {
    case "struct": {
      const members = children.map((child) => [child.name, readColumn(child, cursor, dictionaries)] as const);
      return (row) => Object.fromEntries(members.map(([name, read]) => [name, read(row)]));
    }
    case "fixed-list": {
      const item = readColumn(children[0]!, cursor, dictionaries);
      return (row) => Array.from({ length: type.size }, (_, index) => item(row * type.size + index));
    }
    case "list":
    case "large-list":
    case "map": {
      const range = readRange(cursor, type.kind === "large-list");
      const item = readColumn(children[0]!, cursor, dictionaries);
      const list = (row: number): unknown[] => {
        const [from, to] = range(row);
        return Array.from({ length: to - from }, (_, index) => item(from + index));
      };
      if (type.kind !== "map") return list;
      return (row) =>
        Object.fromEntries(
          list(row).map((entry) => {
            const [key, value] = Object.values(entry as object) as [unknown, unknown];
            return [String(key), value];
          }),
        );
    }
    case "utf8":
    case "large-utf8":
    case "binary":
    case "large-binary": {
      const range = readRange(cursor, type.kind.startsWith("large"));
      const { at } = cursor.buffer();
      const isText = type.kind.endsWith("utf8");
      return (row) => {
        const [from, to] = range(row);
        return isText ? text.decode(body.subarray(at + from, at + to)) : body.slice(at + from, at + to);
      };
    }
  }
  const { at } = cursor.buffer();
  switch (type.kind) {
    case "bool":
      return (row) => ((body[at + (row >> 3)]! >> (row & 7)) & 1) === 1;
    case "int":
      return readInteger(view, at, type.bits, type.signed);
    case "float":
      if (type.bits === 16) throw new Error("half floats cannot be read");
      return type.bits === 32
        ? (row) => view.getFloat32(at + row * 4, true)
        : (row) => view.getFloat64(at + row * 8, true);
    case "decimal":
      return (row) => printDecimal(readWide(view, at + (row * type.bits) / 8, type.bits), type);
    case "date":
      return type.unit === "day"
        ? (row) => printDate(view.getInt32(at + row * 4, true))
        : (row) => printDate(Number(view.getBigInt64(at + row * 8, true) / 86_400_000n));
    case "time":
      return (row) => printTime(readWide(view, at + (row * type.bits) / 8, type.bits), type.unit);
    case "timestamp":
      return (row) => {
        const value = view.getBigInt64(at + row * 8, true);
        return printTimestamp(value, type.unit, type.timezone !== undefined);
      };
    case "interval":
      if (type.unit !== "month-day-nano") throw new Error("intervals of this kind cannot be read");
      return (row) =>
        printInterval(
          view.getInt32(at + row * 16, true),
          view.getInt32(at + row * 16 + 4, true),
          view.getBigInt64(at + row * 16 + 8, true),
        );
    case "fixed-binary":
      return (row) => body.slice(at + row * type.size, at + (row + 1) * type.size);
    default:
      throw new Error("a column has a type that cannot be read; cast it to VARCHAR");
  }
}

function readRange(cursor: BatchCursor, large: boolean): (row: number) => [number, number] {
  const { at } = cursor.buffer();
  const { view } = cursor;
  if (large) {
    const offset = (row: number): number => Number(view.getBigInt64(at + row * 8, true));
    return (row) => [offset(row), offset(row + 1)];
  }
  return (row) => [view.getInt32(at + row * 4, true), view.getInt32(at + row * 4 + 4, true)];
}

function readInteger(view: DataView, at: number, bits: number, signed: boolean): Read {
  if (bits === 8) return signed ? (row) => view.getInt8(at + row) : (row) => view.getUint8(at + row);
  if (bits === 16)
    return signed ? (row) => view.getInt16(at + row * 2, true) : (row) => view.getUint16(at + row * 2, true);
  if (bits === 32)
    return signed ? (row) => view.getInt32(at + row * 4, true) : (row) => view.getUint32(at + row * 4, true);
  return signed
    ? (row) => view.getBigInt64(at + row * 8, true)
    : (row) => view.getBigUint64(at + row * 8, true);
}

/** A signed little-endian integer of 32, 64, 128 or 256 bits. */
function readWide(view: DataView, at: number, bits: number): bigint {
  if (bits === 32) return BigInt(view.getInt32(at, true));
  let value = view.getBigInt64(at + bits / 8 - 8, true);
  for (let word = bits / 8 - 16; word >= 0; word -= 8)
    value = (value << 64n) | view.getBigUint64(at + word, true);
  return value;
}

/** Integers of 38 digits (DuckDB's HUGEINT, as sums are; dlt's wei) are bigint, other decimals text. */
function printDecimal(value: bigint, type: { precision: number; scale: number }): string | bigint {
  if (type.scale === 0) return type.precision === 38 ? value : String(value);
  const sign = value < 0n ? "-" : "";
  const digits = String(value < 0n ? -value : value).padStart(type.scale + 1, "0");
  return `${sign}${digits.slice(0, -type.scale)}.${digits.slice(-type.scale)}`;
}

function placeInUtc({ type, children }: ArrowField): void {
  if (type.kind === "timestamp") type.timezone ??= "UTC";
  children.forEach(placeInUtc);
}

/** The field, at whatever depth, whose values are in a dictionary. */
function findEncoded(fields: ArrowField[], id: bigint): ArrowField | undefined {
  for (const field of fields) {
    const found = field.dictionary?.id === id ? field : findEncoded(field.children, id);
    if (found) return found;
  }
  return undefined;
}

/** A second column of one name is called `name_1`, as DuckDB does for subqueries. */
function distinctNames(fields: ArrowField[]): string[] {
  const seen = new Set<string>();
  return fields.map(({ name }) => {
    let distinct = name;
    for (let n = 1; seen.has(distinct); n++) distinct = `${name}_${n}`;
    seen.add(distinct);
    return distinct;
  });
}

/** Rows of an Arrow IPC stream as plain objects. 64-bit integers, and decimals of 38 digits without fraction, are
 *  bigint; other decimals text; timestamps, dates, times and intervals ISO 8601 text; binary `Uint8Array`; lists
 *  arrays; structs and maps objects. With `utc`, timestamps without a zone are in UTC and print so. Throws `Error` on types and encodings it does not know. */
export function readRows(stream: Uint8Array, options: { utc?: boolean } = {}): Record<string, unknown>[] {
  const rows: Record<string, unknown>[] = [];
  const dictionaries: Dictionaries = new Map();
  let fields: ArrowField[] = [];
  let names: string[] = [];
  for (const { kind, header, body } of readMessages(stream).messages) {
    if (kind === "schema") {
      fields = readFields(header);
      if (options.utc) fields.forEach(placeInUtc);
      names = distinctNames(fields);
    } else if (kind === "dictionary") {
      const id = header.int64(0);
      const values = header.table(1);
      const field = findEncoded(fields, id);
      if (!field || !values || header.byte(2) !== 0) throw new Error("an Arrow dictionary cannot be read");
      dictionaries.set(
        id,
        readValues(field.type, field.children, new BatchCursor(values, body), dictionaries),
      );
    } else if (kind === "batch") {
      const cursor = new BatchCursor(header, body);
      const columns = fields.map((field) => readColumn(field, cursor, dictionaries));
      const count = Number(header.int64(0));
      for (let row = 0; row < count; row++) {
        rows.push(Object.fromEntries(columns.map((read, index) => [names[index]!, read(row)])));
      }
    }
  }
  return rows;
}
