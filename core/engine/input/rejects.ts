// `_runlet_rejects`: the records set aside, with the facts of the error.
import { Hint, isNull, nil, Table } from "../layout/field";
import { clearBuffer, newBuffer, putByte, putBytes, putNumber, putText, reserve } from "../memory/buffer";
import { putJsonString } from "../parse/json-text";
import { parseObject } from "../parse/object";
import { setOwnIds } from "../parse/own-ids";
import { setRootRow } from "../parse/root-row";
import { clearFailure } from "../scan/failure";
import { writeRootId } from "../tables/ids";
import { findTable, newRow, newTable, nextRecord } from "../tables/table";
import {
  faultCode,
  faultExcerpt,
  faultLine,
  faultMessage,
  faultOffset,
  faultRecord,
  faultTable,
  faultTableLength,
} from "./fault";

let rejects: Table = nil<Table>();
let count: u64 = 0;
const text = newBuffer();
const message = newBuffer();
const NAME: usize = memory.data<u8>([
  95, 114, 117, 110, 108, 101, 116, 95, 114, 101, 106, 101, 99, 116, 115, 0,
]);

/** Writes the fault at hand as a row; t is the table the record was meant for. */
export function reject(t: Table): void {
  if (isNull(rejects)) {
    const known = findTable(NAME, 15);
    rejects = isNull(known) ? newTable(NAME, 15, NAME, 15, nil<Table>(), nil<Hint>(), 0, 1) : known;
  }
  clearFailure();
  clearBuffer(text);
  putText(text, '{"table_name":');
  putJsonString(text, t.name, t.nameLength);
  putText(text, ',"record_number":');
  putNumber(text, faultRecord);
  putText(text, ',"byte_offset":');
  putNumber(text, faultOffset);
  putText(text, ',"line":');
  putNumber(text, faultLine);
  putText(text, ',"code":');
  putJsonString(text, faultCode.ptr, faultCode.len);
  putText(text, ',"message":');
  putMessage(t);
  putText(text, ',"excerpt":');
  putJsonString(text, faultExcerpt.ptr, faultExcerpt.len);
  putByte(text, 125);
  memory.fill(reserve(text, 64), 0, 64);
  setOwnIds(false);
  nextRecord();
  const row = newRow(rejects);
  writeRootId(rejects, row, 0xffffff, count++);
  setRootRow(rejects, row);
  parseObject(text.ptr + 1, rejects.shape, row);
}

/** What was wrong, with the nested table it was wrong in. */
function putMessage(t: Table): void {
  clearBuffer(message);
  if (faultTable != t.name) {
    putBytes(message, faultTable, faultTableLength);
    putText(message, ": ");
  }
  putBytes(message, faultMessage.ptr, faultMessage.len);
  putJsonString(text, message.ptr, message.len);
}
