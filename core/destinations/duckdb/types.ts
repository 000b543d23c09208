import type { ArrowField, ArrowType } from "../../arrow/ipc-schema.ts";
import type { ColumnSchema } from "../../schema/types.ts";

/** DuckDB's type of a column, as dlt's DuckDB destination maps it. Unknown precision of decimals is 38,9. */
export function sqlType(column: ColumnSchema): string {
  switch (column.data_type) {
    case "text":
      return "VARCHAR";
    case "double":
      return "DOUBLE";
    case "bool":
      return "BOOLEAN";
    case "timestamp":
      return timestampType(column);
    case "bigint":
      return integerType(column.precision);
    case "binary":
      return "BLOB";
    case "json":
      return "JSON";
    case "decimal":
      return `DECIMAL(${column.precision ?? 38},${column.scale ?? (column.precision === undefined ? 9 : 0)})`;
    case "wei":
      return "DECIMAL(38,0)";
    case "date":
      return "DATE";
    case "time":
      return "TIME";
    case undefined:
      throw new Error(`column ${column.name} has no type yet`);
  }
}

function timestampType({ timezone, precision }: ColumnSchema): string {
  if (timezone !== false) return "TIMESTAMP WITH TIME ZONE";
  if (precision === 0) return "TIMESTAMP_S";
  if (precision === 3) return "TIMESTAMP_MS";
  return precision === 9 ? "TIMESTAMP_NS" : "TIMESTAMP";
}

/** dlt's precision of integers is in bits. */
function integerType(precision: number | undefined): string {
  if (precision === undefined) return "BIGINT";
  if (precision <= 8) return "TINYINT";
  if (precision <= 16) return "SMALLINT";
  return precision <= 32 ? "INTEGER" : precision <= 64 ? "BIGINT" : "HUGEINT";
}

/** DuckDB's type of an Arrow field as it arrives by insertion; undefined when runlet's streams have no such type. */
export function arrivingType(field: ArrowField): string | undefined {
  const { type } = field;
  switch (type.kind) {
    case "utf8":
    case "large-utf8":
      return field.metadata.get("ARROW:extension:name") === "arrow.json" ? "JSON" : "VARCHAR";
    case "binary":
    case "large-binary":
      return "BLOB";
    case "bool":
      return "BOOLEAN";
    case "int":
      return integerOf(type);
    case "float":
      return type.bits === 64 ? "DOUBLE" : type.bits === 32 ? "FLOAT" : undefined;
    case "decimal":
      return `DECIMAL(${type.precision},${type.scale})`;
    case "date":
      return type.unit === "day" ? "DATE" : undefined;
    case "time":
      return "TIME";
    case "timestamp":
      if (type.timezone !== undefined) return "TIMESTAMP WITH TIME ZONE";
      return { s: "TIMESTAMP_S", ms: "TIMESTAMP_MS", us: "TIMESTAMP", ns: "TIMESTAMP_NS" }[type.unit];
    default:
      return undefined;
  }
}

function integerOf({ bits, signed }: Extract<ArrowType, { kind: "int" }>): string | undefined {
  const name = { 8: "TINYINT", 16: "SMALLINT", 32: "INTEGER", 64: "BIGINT" }[bits];
  return name === undefined ? undefined : (signed ? "" : "U") + name;
}

const INTEGERS = ["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"];

/** Whether integers of the arriving type may be too large for the column, which is seen value by value. */
export function isNarrower(arriving: string, column: string): boolean {
  const [from, to] = [INTEGERS.indexOf(arriving), INTEGERS.indexOf(column)];
  return to >= 0 && from > to;
}

/** Whether values of the arriving type fit a column's type, every one of them, unchanged. */
export function fits(arriving: string, column: string): boolean {
  if (arriving === column) return true;
  const from = decimalOf(arriving);
  const to = decimalOf(column);
  if (to) {
    const digits = from
      ? from.precision - from.scale
      : { TINYINT: 3, SMALLINT: 5, INTEGER: 10, BIGINT: 19 }[arriving];
    return digits !== undefined && digits <= to.precision - to.scale && (from?.scale ?? 0) <= to.scale;
  }
  if (column === "JSON") return arriving === "VARCHAR";
  if (column === "VARCHAR") return arriving === "JSON";
  if (INTEGERS.includes(arriving)) return INTEGERS.indexOf(arriving) <= INTEGERS.indexOf(column);
  // A column that was widened at the destination; the engine sends integers only where they are exact.
  return column === "DOUBLE" && arriving === "FLOAT";
}

/** Precision and scale of `DECIMAL(p,s)`. */
export function decimalOf(type: string): { precision: number; scale: number } | undefined {
  const match = /^DECIMAL\((\d+),(\d+)\)$/.exec(type);
  return match ? { precision: Number(match[1]), scale: Number(match[2]) } : undefined;
}
