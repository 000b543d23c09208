import type { Json } from "runlet";
import type { Row } from "../app/session.ts";
import { shown } from "../tables/shown.ts";

/** Rows as CSV (RFC 4180), every digit as it is; nulls are empty, empty text is `""`. */
export function csvLines(columns: readonly string[], rows: readonly Row[]): string {
  return rows.map((row) => columns.map((name) => field(row[name])).join(",") + "\r\n").join("");
}

export function csvHead(columns: readonly string[]): string {
  return columns.map(field).join(",") + "\r\n";
}

function field(value: Json | undefined): string {
  if (value === null || value === undefined) return "";
  const text = shown(value);
  return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
