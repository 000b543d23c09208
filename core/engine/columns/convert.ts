// Writing the value at hand into a column of another type: dlt's coercions (dlt/common/data_types/type_helpers.py),
// except that nothing is ever rounded or cut: what does not fit exactly goes to a variant column.
import { reserve, clearBuffer, newBuffer } from "../memory/buffer";
import { i64ToBinary, textToBinary } from "../convert/binary";
import {
  convBool,
  convDouble,
  convInt,
  textToBool,
  textToDecimal,
  textToDouble,
  textToInt,
} from "../convert/text";
import { daysOfMicros } from "../time/calendar";
import { cold, Field } from "../layout/field";
import {
  K_BINARY,
  K_BOOL,
  K_DATE,
  K_DECIMAL,
  K_DOUBLE,
  K_INT,
  K_JSON,
  K_TEXT,
  K_TIME,
  K_TIMESTAMP,
  K_WEI,
} from "../layout/kinds";
import { i64ToDecimal, parseDecimal } from "../number/decimal128";
import { formatDouble } from "../number/format-double";
import { formatI64 } from "../number/format-int";
import { clearFailure } from "../scan/failure";
import { isText } from "../memory/bytes";
import { writeJson } from "../parse/json-text";
import { skipSpace } from "../scan/text";
import {
  coerceTimestamp,
  dateDays,
  doubleToTimestamp,
  i64ToTimestamp,
  parseDate,
  parseTime,
  timeMicros,
  tsMicros,
} from "../time/iso8601";
import { typeMode } from "../contract/modes";
import { onTrial, refuseNew } from "../cursor/trial";
import { isExactDouble, widenToDecimal, widenToDouble } from "./column";
import { valueDouble, valueInt, valueKind, valueLength, valueText } from "./value";
import { fillGap, putBool, putBytesValue, putF64, putI128, putI32, putI64 } from "./write";

let widen: bool = true;
/** Whether number columns may be widened where nothing is lost. */
export function setWiden(on: bool): void {
  widen = on;
}

/** A type that the contract fixes is not widened either. */
function mayWiden(c: Field): bool {
  if (onTrial) refuseNew(0);
  return widen && !onTrial && !typeMode(cold(c).table);
}

const scratch = newBuffer();
const compact = newBuffer();
const wide: usize = memory.data(16, 16);


@inline
function advanceTo(c: Field, row: u32): void {
  if (c.len < row) fillGap(c, row);
}

/** Writes the value at hand to row `row` of c, whose length is at most that. False when the column cannot take it. */
export function convertInto(c: Field, row: u32): bool {
  switch (<u32>c.kind) {
    case K_TEXT:
      return intoText(c, row);
    case K_INT:
      return intoInt(c, row);
    case K_DOUBLE:
      return intoDouble(c, row);
    case K_BOOL:
      return intoBool(c, row);
    case K_TIMESTAMP:
      return intoTimestamp(c, row);
    case K_JSON:
      return intoJson(c, row);
    case K_DECIMAL:
    case K_WEI:
      return intoDecimal(c, row);
    case K_DATE:
      return intoDate(c, row);
    case K_TIME:
      return intoTime(c, row);
    case K_BINARY:
      return intoBinary(c, row);
  }
  return false;
}

function putScratch(c: Field, row: u32, n: u32): bool {
  advanceTo(c, row);
  putBytesValue(c, row, scratch.ptr, n);
  return true;
}

function intoText(c: Field, row: u32): bool {
  clearBuffer(scratch);
  const d = reserve(scratch, 400);
  if (valueKind == K_INT) return putScratch(c, row, formatI64(valueInt, d));
  if (valueKind == K_DOUBLE) return putScratch(c, row, formatDouble(valueDouble, d));
  if (valueKind == K_BOOL) {
    store<u64>(d, valueInt ? 0x65757254 : 0x65736c6146); // True, False
    return putScratch(c, row, valueInt ? 4 : 5);
  }
  advanceTo(c, row);
  putBytesValue(c, row, valueText, valueLength);
  return true;
}

function intoInt(c: Field, row: u32): bool {
  let v = valueInt;
  if (valueKind == K_TEXT) {
    if (!textToInt(valueText, valueLength)) return false;
    v = convInt;
  } else if (valueKind == K_DOUBLE) {
    const d = valueDouble;
    if (d == trunc(d) && d >= -9223372036854775808.0 && d < 9223372036854775808.0) v = <i64>d;
    else {
      if (!mayWiden(c) || !widenToDouble(c, row)) return false;
      advanceTo(c, row);
      putF64(c, row, d);
      return true;
    }
  } else if (valueKind == K_DECIMAL) {
    if (!parseDecimal(valueText, valueLength, 38, 0, wide)) return false;
    if (!mayWiden(c) || !widenToDecimal(c, row)) return false;
    advanceTo(c, row);
    putI128(c, row, wide);
    return true;
  } else if (valueKind != K_INT) return false;
  advanceTo(c, row);
  putI64(c, row, v);
  return true;
}

function intoDouble(c: Field, row: u32): bool {
  let v = valueDouble;
  if (valueKind == K_INT) {
    if (!isExactDouble(valueInt)) return false;
    v = <f64>valueInt;
  } else if (valueKind == K_DECIMAL) {
    if (
      !parseDecimal(valueText, valueLength, 38, 0, wide) ||
      !isExactWide(load<u64>(wide), load<i64>(wide, 8))
    )
      return false;
  } else if (valueKind == K_TEXT) {
    if (!textToDouble(valueText, valueLength)) return false;
    v = convDouble;
    // NaN and infinities are no values: null, as in dlt.
    if (v - v != 0) return true;
  } else if (valueKind != K_DOUBLE) return false;
  advanceTo(c, row);
  putF64(c, row, v);
  return true;
}

/** Whether a 128-bit integer has at most 53 bits between its first and its last one. */
function isExactWide(low: u64, high: i64): bool {
  if (high < 0) {
    low = ~low + 1;
    high = ~high + (low == 0 ? 1 : 0);
  }
  const first = high ? 64 - clz(high) + 64 : 64 - clz(low);
  const last = low ? ctz(low) : ctz(high) + 64;
  return first - last <= 53;
}

function intoBool(c: Field, row: u32): bool {
  let v = false;
  if (valueKind == K_BOOL || valueKind == K_INT) v = valueInt != 0;
  else if (valueKind == K_DOUBLE) v = valueDouble != 0;
  else if (valueKind == K_DECIMAL) v = true;
  else if (valueKind == K_TEXT) {
    if (!textToBool(valueText, valueLength)) return false;
    v = convBool;
  } else return false;
  advanceTo(c, row);
  putBool(c, row, <u32>v);
  return true;
}

function intoTimestamp(c: Field, row: u32): bool {
  if (valueKind == K_TEXT) {
    if (!coerceTimestamp(valueText, valueLength)) return false;
  } else if (valueKind == K_INT) {
    if (!i64ToTimestamp(valueInt)) return false;
  } else if (valueKind == K_DOUBLE) {
    if (!doubleToTimestamp(valueDouble)) return false;
  } else return false;
  advanceTo(c, row);
  putI64(c, row, tsMicros);
  return true;
}

/** Text becomes JSON when it parses; the text `null` is no value. */
function intoJson(c: Field, row: u32): bool {
  if (valueKind == K_TEXT) {
    clearBuffer(scratch);
    const p = reserve(scratch, <usize>valueLength + 128);
    memory.copy(p, valueText, valueLength);
    memory.fill(p + valueLength, 0, 128);
    clearBuffer(compact);
    const end = writeJson(skipSpace(p), compact, 0);
    clearFailure();
    if (!end || skipSpace(end) != p + valueLength) return false;
    if (isText(compact.ptr, compact.len, "null")) return true;
    advanceTo(c, row);
    putBytesValue(c, row, compact.ptr, compact.len);
    return true;
  }
  if (valueKind != K_JSON) return false;
  advanceTo(c, row);
  putBytesValue(c, row, valueText, valueLength);
  return true;
}

function intoDecimal(c: Field, row: u32): bool {
  const k = cold(c);
  if (valueKind == K_INT) {
    if (!i64ToDecimal(valueInt, k.precision, k.scale, wide)) return false;
  } else if (valueKind == K_TEXT) {
    if (!textToDecimal(valueText, valueLength, k.precision, k.scale, wide)) return false;
  } else if (valueKind == K_DOUBLE || valueKind == K_DECIMAL) {
    // The digits as they stand; else, as dlt has it, those of the double they make.
    if (!parseDecimal(valueText, valueLength, k.precision, k.scale, wide)) {
      if (valueKind == K_DECIMAL) return false;
      clearBuffer(scratch);
      const d = reserve(scratch, 400);
      if (!parseDecimal(d, formatDouble(valueDouble, d), k.precision, k.scale, wide)) return false;
    }
  } else return false;
  advanceTo(c, row);
  putI128(c, row, wide);
  return true;
}

function intoDate(c: Field, row: u32): bool {
  let days: i32;
  if (valueKind == K_TEXT) {
    if (!parseDate(valueText, valueLength)) return false;
    days = dateDays;
  } else {
    if (valueKind == K_INT) {
      if (!i64ToTimestamp(valueInt)) return false;
    } else if (valueKind == K_DOUBLE) {
      if (!doubleToTimestamp(valueDouble)) return false;
    } else return false;
    days = daysOfMicros(tsMicros);
  }
  advanceTo(c, row);
  putI32(c, row, days);
  return true;
}

function intoTime(c: Field, row: u32): bool {
  if (valueKind != K_TEXT || !parseTime(valueText, valueLength)) return false;
  advanceTo(c, row);
  putI64(c, row, timeMicros);
  return true;
}

function intoBinary(c: Field, row: u32): bool {
  clearBuffer(scratch);
  const d = reserve(scratch, <usize>valueLength + 64);
  const n =
    valueKind == K_TEXT
      ? textToBinary(valueText, valueLength, d)
      : valueKind == K_INT
        ? i64ToBinary(valueInt, d)
        : -1;
  if (n < 0) return false;
  return putScratch(c, row, <u32>n);
}
