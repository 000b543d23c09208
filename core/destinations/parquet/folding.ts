import { BatchCursor } from "../../arrow/batch-cursor.ts";
import { readMessages } from "../../arrow/ipc-messages.ts";
import { type ArrowField, type ArrowType, readFields } from "../../arrow/ipc-schema.ts";
import { batchMessage, joinStream, schemaMessage } from "../../arrow/ipc-writer.ts";
import type { ColumnSchema } from "../../schema/types.ts";
import { decimalOf, sqlType } from "../duckdb/types.ts";
import type { LakeColumn } from "./snapshot.ts";

/** A number variant that goes into its base column, and what that becomes. */
export interface Folding {
  base: LakeColumn;
  variant: LakeColumn;
  column: LakeColumn;
  /** Digits after the point of the common decimal type; undefined: it is a double. */
  scale: number | undefined;
}

/** How two columns would become one that holds every value of both; undefined where there is no such type. */
export function foldingOf(base: LakeColumn, variant: LakeColumn): Folding | undefined {
  const types = [base, variant].map((column) => sqlType(column as ColumnSchema));
  if (!types.includes("BIGINT")) return undefined;
  const { name, nullable } = base;
  const rest = nullable === undefined ? { name } : { name, nullable };
  if (types.includes("DOUBLE"))
    return { base, variant, scale: undefined, column: { ...rest, data_type: "double" } };
  const decimal = decimalOf(types[0]!) ?? decimalOf(types[1]!);
  if (!decimal) return undefined;
  const precision = Math.max(decimal.precision - decimal.scale, 19) + decimal.scale;
  if (precision > 38) return undefined;
  const { scale } = decimal;
  return { base, variant, scale, column: { ...rest, data_type: "decimal", precision, scale } };
}

interface Column {
  field: ArrowField;
  rows: number;
  nulls: number;
  buffers: Uint8Array[];
}

/** The stream with the variant's values in the base column; undefined where one of them would change. A stream without
 *  the variant only gets its base column's type. */
export function foldStream(stream: Uint8Array, folding: Folding): Uint8Array | undefined {
  const { messages } = readMessages(stream);
  const fields = readFields(messages[0]!.header);
  const parts: Uint8Array[] = [];
  for (const { kind, header, body } of messages) {
    if (kind !== "batch") continue;
    const cursor = new BatchCursor(header, body);
    const columns = fields.map((field) => readColumn(field, cursor));
    const folded = foldColumns(columns, folding);
    if (!folded) return undefined;
    if (parts.length === 0) parts.push(schemaMessage(folded.map(({ field }) => field)));
    parts.push(
      batchMessage({
        rows: Number(header.int64(0)),
        nodes: folded.map(({ rows, nulls }) => [rows, nulls]),
        buffers: folded.flatMap(({ buffers }) => buffers),
      }),
    );
  }
  return joinStream(parts);
}

function readColumn(field: ArrowField, cursor: BatchCursor): Column {
  const { length: rows, nulls } = cursor.node();
  const texts = ["utf8", "binary", "large-utf8", "large-binary"].includes(field.type.kind);
  const buffers = Array.from({ length: texts ? 3 : 2 }, () => cursor.bytes());
  return { field, rows, nulls, buffers };
}

function foldColumns(columns: readonly Column[], folding: Folding): Column[] | undefined {
  const find = (name: string) => columns.find(({ field }) => field.name === name);
  const [base, variant] = [find(folding.base.name), find(folding.variant.name)];
  if (!base && !variant) return [...columns];
  const rows = (base ?? variant!).rows;
  const values = folding.scale === undefined ? new Doubles(rows) : new Decimals(rows, folding.scale);
  for (const column of [base, variant]) if (column && !values.take(column)) return undefined;
  const type: ArrowType =
    folding.scale === undefined
      ? { kind: "float", bits: 64 }
      : { kind: "decimal", precision: folding.column.precision!, scale: folding.scale, bits: 128 };
  const field = { ...(base ?? variant!).field, name: folding.base.name, type };
  const folded: Column = { field, rows, nulls: values.nulls(), buffers: [values.validity, values.bytes] };
  const place = base ?? variant;
  return columns.flatMap((column) => (column === place ? [folded] : column === variant ? [] : [column]));
}

abstract class Values {
  readonly validity: Uint8Array;
  abstract readonly bytes: Uint8Array;
  protected readonly rows: number;

  constructor(rows: number) {
    this.rows = rows;
    this.validity = new Uint8Array(Math.ceil(rows / 8));
  }

  /** Takes the values of a column over; false where one of them would change. */
  take({ field, nulls, buffers }: Column): boolean {
    const [validity, data] = buffers as [Uint8Array, Uint8Array];
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    for (let row = 0; row < this.rows; row++) {
      if (nulls > 0 && !(validity[row >> 3]! & (1 << (row & 7)))) continue;
      if (!this.set(row, view, field.type)) return false;
      this.validity[row >> 3]! |= 1 << (row & 7);
    }
    return true;
  }

  nulls(): number {
    let count = this.rows;
    for (let byte of this.validity) for (; byte > 0; byte &= byte - 1) count--;
    return count;
  }

  protected abstract set(row: number, from: DataView, type: ArrowType): boolean;
}

class Doubles extends Values {
  readonly bytes: Uint8Array;
  readonly #values: Float64Array;

  constructor(rows: number) {
    super(rows);
    this.#values = new Float64Array(rows);
    this.bytes = new Uint8Array(this.#values.buffer);
  }

  protected set(row: number, from: DataView, type: ArrowType): boolean {
    if (type.kind === "float") {
      this.#values[row] = from.getFloat64(row * 8, true);
      return true;
    }
    const value = from.getBigInt64(row * 8, true);
    this.#values[row] = Number(value);
    return BigInt(this.#values[row]) === value;
  }
}

class Decimals extends Values {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #unit: bigint;

  constructor(rows: number, scale: number) {
    super(rows);
    this.bytes = new Uint8Array(rows * 16);
    this.#view = new DataView(this.bytes.buffer);
    this.#unit = 10n ** BigInt(scale);
  }

  protected set(row: number, from: DataView, type: ArrowType): boolean {
    if (type.kind === "decimal") {
      this.#view.setBigInt64(row * 16, from.getBigInt64(row * 16, true), true);
      this.#view.setBigInt64(row * 16 + 8, from.getBigInt64(row * 16 + 8, true), true);
      return true;
    }
    const value = from.getBigInt64(row * 8, true) * this.#unit;
    this.#view.setBigInt64(row * 16, BigInt.asIntN(64, value), true);
    this.#view.setBigInt64(row * 16 + 8, value >> 64n, true);
    return true;
  }
}
