// `--output csv`: RFC 4180 with a header line. A null is an empty field, an empty text is "".
import { isNull } from "../core/engine/layout/field";
import { putByte, putBytes, putText } from "../core/engine/memory/buffer";
import { Column, isMissing, T_BINARY } from "./arrow-read";
import { bytesAt, bytesLength, isBytes, putDoubled, putHex, putValue } from "./cells";
import { flushFull, out } from "./system";

export function putCsvHeader(columns: Column): void {
  for (let c = columns; !isNull(c); c = c.next) {
    if (c != columns) putByte(out, 44);
    putText4180(c.name, c.nameLength);
  }
  putText(out, "\r\n");
}

export function putCsvRows(columns: Column, rows: u32): void {
  for (let row: u32 = 0; row < rows; row++) {
    for (let c = columns; !isNull(c); c = c.next) {
      if (c != columns) putByte(out, 44);
      if (isMissing(c, row)) continue;
      if (c.type == T_BINARY) {
        putText(out, "\\x");
        putHex(out, bytesAt(c, row), bytesLength(c, row));
      } else if (isBytes(c.type)) putText4180(bytesAt(c, row), bytesLength(c, row));
      else putValue(out, c, row);
    }
    putText(out, "\r\n");
    flushFull();
  }
}

/** A text, in quotes where they are needed. */
function putText4180(p: usize, n: usize): void {
  let plain = n != 0;
  for (let i: usize = 0; i < n && plain; i++) {
    const c = load<u8>(p + i);
    plain = c != 34 && c != 44 && c != 10 && c != 13;
  }
  if (plain) {
    putBytes(out, p, n);
    return;
  }
  putByte(out, 34);
  putDoubled(out, p, n, 34);
  putByte(out, 34);
}
