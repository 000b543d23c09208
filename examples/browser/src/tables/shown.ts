import type { DataType, Json } from "runlet";

const LABELS: Partial<Record<DataType, string>> = {
  bigint: "integer",
  double: "number",
  bool: "yes/no",
  wei: "big integer",
};

/** A type as people call it. */
export function typeLabel(type: DataType): string {
  return LABELS[type] ?? type;
}

/** A value as text, whole. */
export function shown(value: Json | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (typeof value === "object")
    return JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? String(inner) : inner));
  return String(value);
}

/** Numbers stand at the right. */
export function isRight(type: DataType | undefined, value: Json | undefined): boolean {
  if (type) return type === "bigint" || type === "double" || type === "decimal" || type === "wei";
  return typeof value === "number" || typeof value === "bigint";
}
