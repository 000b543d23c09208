import type { ArrowField } from "../../arrow/ipc-schema.ts";
import { RunletError } from "../../errors.ts";
import type { ColumnSchema } from "../../schema/types.ts";
import type { CopyEncoding } from "./copy-binary.ts";

/** Postgres's type of a column, as dlt's Postgres destination maps it (`PostgresTypeMapper`). A decimal of which only
 *  the precision is known has no fraction, as in SQL.
 *  @throws RunletError DESTINATION_SCHEMA where Postgres has no such type */
export function sqlType(table: string, column: ColumnSchema): string {
  const { precision, scale } = column;
  switch (column.data_type) {
    case "text":
      return precision === undefined ? "varchar" : `varchar(${precision})`;
    case "double":
      return "double precision";
    case "bool":
      return "boolean";
    case "timestamp":
      return (
        timeType("timestamp", table, column) +
        (column.timezone === false ? " without" : " with") +
        " time zone"
      );
    case "bigint":
      return integerType(table, column);
    case "binary":
      return "bytea";
    case "json":
      return "jsonb";
    case "decimal":
      return `numeric(${precision ?? 38},${scale ?? (precision === undefined ? 9 : 0)})`;
    case "wei":
      return `numeric(${precision ?? 156},${scale ?? (precision === undefined ? 78 : 0)})`;
    case "date":
      return "date";
    case "time":
      return `${timeType("time", table, column)} without time zone`;
    case undefined:
      throw new Error(`column ${column.name} has no type yet`);
  }
}

function timeType(name: string, table: string, column: ColumnSchema): string {
  if (column.precision === undefined) return name;
  if (column.precision < 0 || column.precision > 6) throw impossible(table, column, "6 digits of seconds");
  return `${name} (${column.precision})`;
}

/** dlt's precision of integers is in bits. */
function integerType(table: string, column: ColumnSchema): string {
  const { precision = 64 } = column;
  if (precision <= 16) return "smallint";
  if (precision <= 32) return "integer";
  if (precision <= 64) return "bigint";
  throw impossible(table, column, "64 bits");
}

function impossible(table: string, { name, precision }: ColumnSchema, limit: string): RunletError {
  return new RunletError(
    "DESTINATION_SCHEMA",
    `column ${name} of table ${table} is declared with precision ${precision}; Postgres has at most ${limit}`,
    { where: { table, column: name }, hint: "declare a smaller precision" },
  );
}

/** A column's type as the database has it: name in `pg_type` and, for `numeric(p,s)`, its digits. */
export interface StoredType {
  name: string;
  digits?: { precision: number; scale: number };
}

const TEXTS = ["varchar", "text", "bpchar", "json", "citext"];
const INTEGER_BITS: Record<string, 16 | 32 | 64> = { int2: 16, int4: 32, int8: 64 };

/** How the values of a field are written into a column; undefined when not every one of them would fit, unchanged.
 *  Whether an integer fits a narrower column is seen value by value. */
export function encodingFor({ type }: ArrowField, column: StoredType): CopyEncoding | undefined {
  const { name } = column;
  switch (type.kind) {
    case "utf8":
      return TEXTS.includes(name) ? { kind: "text" } : name === "jsonb" ? { kind: "jsonb" } : undefined;
    case "binary":
      return name === "bytea" ? { kind: "bytes" } : undefined;
    case "bool":
      return name === "bool" ? { kind: "bool" } : undefined;
    case "float":
      return type.bits === 64 && name === "float8" ? { kind: "double" } : undefined;
    case "int": {
      if (type.bits !== 64 || !type.signed) return undefined;
      const bits = INTEGER_BITS[name];
      if (bits) return { kind: "integer", bits };
      return name === "numeric" && holds(column, 19, 0) ? { kind: "numeric", bits: 64, scale: 0 } : undefined;
    }
    case "decimal":
      return type.bits === 128 && name === "numeric" && holds(column, type.precision - type.scale, type.scale)
        ? { kind: "numeric", bits: 128, scale: type.scale }
        : undefined;
    case "timestamp":
      return type.unit === "us" && ["timestamptz", "timestamp"].includes(name)
        ? { kind: "timestamp" }
        : undefined;
    case "date":
      return type.unit === "day" && name === "date" ? { kind: "date" } : undefined;
    case "time":
      return type.unit === "us" && name === "time" ? { kind: "time" } : undefined;
    default:
      return undefined;
  }
}

function holds({ digits }: StoredType, integers: number, fraction: number): boolean {
  return !digits || (integers <= digits.precision - digits.scale && fraction <= digits.scale);
}

const ARRIVING: Partial<Record<ArrowField["type"]["kind"], string>> = {
  utf8: "text",
  binary: "binary",
  bool: "bool",
  float: "double",
  int: "bigint",
};

/** A field's type as dlt names it, for messages. */
export function printedField({ type, metadata }: ArrowField): string {
  if (metadata.get("ARROW:extension:name") === "arrow.json") return "json";
  if (type.kind === "decimal") return `decimal(${type.precision},${type.scale})`;
  return ARRIVING[type.kind] ?? type.kind;
}
