// Values as text: every digit, times as ISO 8601 in UTC.
import { Buffer, putByte, putBytes, putText, reserve } from "../core/engine/memory/buffer";
import { formatDecimal } from "../core/engine/number/decimal128";
import { formatDouble } from "../core/engine/number/format-double";
import { formatI64, formatPadded } from "../core/engine/number/format-int";
import {
  civilDay,
  civilFromDays,
  civilMonth,
  civilYear,
  DAY_MICROS,
  daysOfMicros,
} from "../core/engine/time/calendar";
import {
  Column,
  T_BINARY,
  T_BOOL,
  T_DATE,
  T_DECIMAL,
  T_DOUBLE,
  T_INT,
  T_JSON,
  T_TEXT,
  T_TIME,
} from "./arrow-read";

/** Whether values are bytes with offsets. */
@inline
export function isBytes(type: u32): bool {
  return type == T_TEXT || type == T_JSON || type == T_BINARY;
}

/** Address of the value of a text, JSON or binary column. */
@inline
export function bytesAt(c: Column, row: u32): usize {
  return c.data + load<u32>(c.offsets + ((<usize>row) << 2));
}


@inline
export function bytesLength(c: Column, row: u32): usize {
  const at = c.offsets + ((<usize>row) << 2);
  return load<u32>(at, 4) - load<u32>(at);
}

/** Appends a value that is neither text, JSON nor bytes. */
export function putValue(out: Buffer, c: Column, row: u32): void {
  const at = <usize>row;
  const d = reserve(out, 64);
  switch (c.type) {
    case T_INT:
      out.len += formatI64(load<i64>(c.data + (at << 3)), d);
      break;
    case T_DOUBLE:
      out.len += formatDouble(load<f64>(c.data + (at << 3)), d);
      break;
    case T_BOOL:
      putText(out, (load<u8>(c.data + (at >>> 3)) >>> (row & 7)) & 1 ? "true" : "false");
      break;
    case T_DECIMAL:
      out.len += formatDecimal(c.data + (at << 4), c.scale, d);
      break;
    case T_DATE:
      putDate(out, load<i32>(c.data + (at << 2)));
      break;
    case T_TIME:
      putClock(out, load<i64>(c.data + (at << 3)));
      break;
    default: {
      const micros = load<i64>(c.data + (at << 3));
      const days = daysOfMicros(micros);
      putDate(out, days);
      putByte(out, 84);
      putClock(out, micros - <i64>days * DAY_MICROS);
      putByte(out, 90);
    }
  }
}

/** YYYY-MM-DD */
function putDate(out: Buffer, days: i32): void {
  civilFromDays(days);
  const d = reserve(out, 10);
  formatPadded(<u32>civilYear, 4, d);
  store<u8>(d, 45, 4);
  formatPadded(<u32>civilMonth, 2, d + 5);
  store<u8>(d, 45, 7);
  formatPadded(<u32>civilDay, 2, d + 8);
  out.len += 10;
}

/** HH:MM:SS with a fraction of 3 or 6 digits where there is one. */
function putClock(out: Buffer, micros: i64): void {
  const seconds = <u32>(micros / 1000000);
  const fraction = <u32>(micros % 1000000);
  const d = reserve(out, 16);
  formatPadded(seconds / 3600, 2, d);
  store<u8>(d, 58, 2);
  formatPadded((seconds / 60) % 60, 2, d + 3);
  store<u8>(d, 58, 5);
  formatPadded(seconds % 60, 2, d + 6);
  out.len += 8;
  if (!fraction) return;
  store<u8>(d, 46, 8);
  if (fraction % 1000) formatPadded(fraction, 6, d + 9);
  else formatPadded(fraction / 1000, 3, d + 9);
  out.len += fraction % 1000 ? 7 : 4;
}

/** Appends bytes as hexadecimal digits. */
export function putHex(out: Buffer, p: usize, n: usize): void {
  const d = reserve(out, n * 2);
  for (let i: usize = 0; i < n; i++) {
    const c: u32 = load<u8>(p + i);
    store<u8>(d + i * 2, hexDigit(c >>> 4));
    store<u8>(d + i * 2, hexDigit(c & 15), 1);
  }
  out.len += n * 2;
}

function hexDigit(n: u32): u32 {
  return n < 10 ? 48 + n : 87 + n;
}

/** Appends a text in which each `quote` is doubled. */
export function putDoubled(out: Buffer, p: usize, n: usize, quote: u32): void {
  const end = p + n;
  let from = p;
  for (; p < end; p++) {
    if (<u32>load<u8>(p) != quote) continue;
    putBytes(out, from, p + 1 - from);
    putByte(out, quote);
    from = p + 1;
  }
  putBytes(out, from, end - from);
}
