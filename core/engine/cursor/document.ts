// What cursors have seen, as JSON (CursorState in core/binding/contract.ts).
import { isNull } from "../layout/field";
import { Buffer, clearBuffer, newBuffer, putByte, putText } from "../memory/buffer";
import { putJsonString } from "../parse/json-text";
import { Cursor, firstCursor } from "./cursor";
import { V_NONE, V_TEXT } from "./value";

const text = newBuffer();

/** Appends `,"cursors":{…}`; nothing when there are none. */
export function writeCursors(out: Buffer): void {
  if (isNull(firstCursor())) return;
  putText(out, ',"cursors":');
  let c = firstCursor();
  putByte(out, 123);
  for (; !isNull(c); c = c.next) {
    putJsonString(out, c.name, c.nameLength);
    putByte(out, 58);
    writeCursor(out, c);
    if (!isNull(c.next)) putByte(out, 44);
  }
  putByte(out, 125);
}

function writeCursor(out: Buffer, c: Cursor): void {
  putText(out, '{"last":');
  const v = c.last;
  if (v.kind == V_NONE) putText(out, "null");
  else {
    clearBuffer(text);
    if (v.kind == V_TEXT) {
      putJsonString(text, v.text.ptr, v.text.len);
      putJsonString(out, text.ptr, text.len);
    } else putJsonString(out, v.text.ptr, v.text.len);
  }
  putText(out, ',"hashes":[');
  const h = c.hashes;
  for (let i: u32 = 0; i < h.count; i++) {
    if (i) putByte(out, 44);
    putJsonString(out, h.text.ptr + <usize>i * h.width, h.width);
  }
  putByte(out, 93);
  if (c.taken) putText(out, ',"taken":true');
  if (h.overflow) putText(out, ',"overflow":true');
  putByte(out, 125);
}
