import { RunletError } from "../../errors.ts";
import type { CopyColumn } from "./copy-binary.ts";
import { NumericEncoder } from "./numeric.ts";

/** Where a column of a record batch has its values: positions in `body`, -1 where there is no such buffer. */
export interface ColumnData {
  body: Uint8Array;
  /** Over `body`. */
  view: DataView;
  rows: number;
  validity: number;
  offsets: number;
  values: number;
}

/** Writes a column of a batch. `at` has one element per row of a block, which begins at row `from` of the batch. */
export interface ColumnWriter {
  /** Adds the bytes of each value, without its length, to the row's size. */
  measure(at: Int32Array, from: number): void;
  /** Writes each value after its length at the row's position, and moves that on. */
  write(chunk: Uint8Array, into: DataView, at: Int32Array, from: number): void;
}

/** Writes the value at a position of the batch's body. */
type Put = (from: DataView, position: number, into: DataView, to: number) => void;

export function columnWriter(data: ColumnData, table: string, column: CopyColumn): ColumnWriter {
  const { encoding } = column;
  switch (encoding.kind) {
    case "text":
    case "bytes":
      return variableWriter(data, false);
    case "jsonb":
      return variableWriter(data, true);
    case "bool":
      return boolWriter(data);
    case "double":
    case "time":
      return fixedWriter(data, 8, 8, putWord);
    case "timestamp":
      return fixedWriter(data, 8, 8, putTimestamp(table, column.name));
    case "date":
      return fixedWriter(data, 4, 4, putDate);
    case "integer":
      return encoding.bits === 64
        ? fixedWriter(data, 8, 8, putWord)
        : fixedWriter(data, 8, encoding.bits / 8, putNarrow(encoding.bits, table, column.name));
    case "numeric": {
      const encoder = new NumericEncoder(encoding.bits, encoding.scale);
      return fixedWriter(data, encoding.bits / 8, encoder.width, encoder.write.bind(encoder));
    }
  }
}

/** Values of a fixed size, `stride` bytes each in the batch and `width` in the chunk. */
function fixedWriter(data: ColumnData, stride: number, width: number, put: Put): ColumnWriter {
  const { body, view, validity, values } = data;
  const isNull = (row: number): boolean =>
    validity >= 0 && ((body[validity + (row >> 3)]! >> (row & 7)) & 1) === 0;
  return {
    measure(at, from) {
      for (let row = 0; row < at.length; row++) if (!isNull(from + row)) at[row]! += width;
    },
    write(_, into, at, from) {
      for (let row = 0; row < at.length; row++) {
        const to = at[row]!;
        if (isNull(from + row)) {
          into.setInt32(to, -1);
          at[row] = to + 4;
        } else {
          into.setInt32(to, width);
          put(view, values + (from + row) * stride, into, to + 4);
          at[row] = to + 4 + width;
        }
      }
    },
  };
}

function boolWriter(data: ColumnData): ColumnWriter {
  const { body, values } = data;
  // A bit is not at a position of its own: rows are counted as if each were one byte.
  return fixedWriter({ ...data, values: 0 }, 1, 1, (_, row, into, to) =>
    into.setUint8(to, (body[values + (row >> 3)]! >> (row & 7)) & 1),
  );
}

/** Longest value that is copied byte by byte: a view for each costs more. */
const SHORT = 48;

function variableWriter(data: ColumnData, jsonb: boolean): ColumnWriter {
  const { body, view, validity, offsets, values } = data;
  const extra = jsonb ? 1 : 0;
  const isNull = (row: number): boolean =>
    validity >= 0 && ((body[validity + (row >> 3)]! >> (row & 7)) & 1) === 0;
  return {
    measure(at, from) {
      let start = view.getInt32(offsets + from * 4, true);
      for (let row = 0; row < at.length; row++) {
        const end = view.getInt32(offsets + (from + row + 1) * 4, true);
        if (!isNull(from + row)) at[row]! += end - start + extra;
        start = end;
      }
    },
    write(chunk, into, at, from) {
      let start = values + view.getInt32(offsets + from * 4, true);
      for (let row = 0; row < at.length; row++) {
        const end = values + view.getInt32(offsets + (from + row + 1) * 4, true);
        let to = at[row]!;
        if (isNull(from + row)) {
          into.setInt32(to, -1);
          at[row] = to + 4;
        } else {
          into.setInt32(to, end - start + extra);
          to += 4;
          // Version of jsonb's binary form, the only one (`jsonb_recv`).
          if (jsonb) chunk[to++] = 1;
          if (end - start <= SHORT) for (let byte = start; byte < end; byte++) chunk[to++] = body[byte]!;
          else {
            chunk.set(body.subarray(start, end), to);
            to += end - start;
          }
          at[row] = to;
        }
        start = end;
      }
    },
  };
}

/** Eight bytes, turned around. */
const putWord: Put = (from, position, into, to) => {
  into.setUint32(to, from.getUint32(position + 4, true));
  into.setUint32(to + 4, from.getUint32(position, true));
};

/** Days since 2000-01-01, from days since 1970-01-01. */
const putDate: Put = (from, position, into, to) => into.setInt32(to, from.getInt32(position, true) - 10_957);

/** Microseconds from 1970-01-01 to 2000-01-01, in two words. */
const EPOCH_HIGH = 220_417;
const EPOCH_LOW = 993_517_568;

/** Microseconds since 2000-01-01, from microseconds since 1970-01-01. */
function putTimestamp(table: string, column: string): Put {
  return (from, position, into, to) => {
    const low = from.getUint32(position, true) - EPOCH_LOW;
    const high = from.getInt32(position + 4, true) - EPOCH_HIGH - (low < 0 ? 1 : 0);
    if (high < -0x8000_0000) throw outOfRange(table, column, "timestamp");
    into.setInt32(to, high);
    into.setUint32(to + 4, low);
  };
}

function putNarrow(bits: 16 | 32, table: string, column: string): Put {
  return (from, position, into, to) => {
    const value = from.getInt32(position, true);
    const inside =
      from.getInt32(position + 4, true) === value >> 31 && (bits === 32 || value === (value << 16) >> 16);
    if (!inside) throw outOfRange(table, column, `integer of ${bits} bits`);
    if (bits === 32) into.setInt32(to, value);
    else into.setInt16(to, value);
  };
}

function outOfRange(table: string, column: string, type: string): RunletError {
  return new RunletError(
    "DESTINATION_SCHEMA",
    `column ${column} of table ${table} holds a value that is out of range of its type, ${type}`,
    {
      where: { table, column },
      hint: "declare a larger precision before the first load; nothing was loaded",
    },
  );
}
