// The error a call returns: what happened, to which record, where.
import { clearBuffer, newBuffer, putByte, putBytes, putNumber, putText } from "../memory/buffer";
import {
  describe,
  E_CONTRACT,
  errorCode,
  failedAt,
  failedColumn,
  failedColumnLength,
  failedTable,
  failure,
} from "../scan/failure";
import { breachKind, breachOf } from "../contract/breach";
import { declaredBreach } from "../contract/declared";
import { DATA_TYPE, entityName, FREEZE } from "../contract/modes";
import { Discard } from "../layout/field";
import { K_NONE, typeName } from "../layout/kinds";
import { isUtf8 } from "../scan/utf8";

/** Message, excerpt and code as bytes, for the canonical ABI. */
export const faultCode = newBuffer();
export const faultMessage = newBuffer();
export const faultExcerpt = newBuffer();
export let faultTable: usize = 0;
export let faultTableLength: u32 = 0;
export let faultColumn: usize = 0;
export let faultColumnLength: u32 = 0;
/** Of a contract's violation: what it is about, and the type of the value. */
export let faultEntity: string = "";
export let faultType: string = "";
export let faultRecord: u64 = 0;
export let faultOffset: u64 = 0;
export let faultLine: u64 = 0;

const EXCERPT: usize = 40;

/** Sets the fault from the failure of the record that begins at `start`; base is the input's offset of `start`,
 *  lines the newlines before it, end the end of the text at hand. */
export function setFault(
  table: usize,
  tableLength: u32,
  record: u64,
  start: usize,
  base: u64,
  lines: u64,
  end: usize,
  masked: bool,
): void {
  const at = failedAt < start || failedAt > end ? start : failedAt;
  faultTable = failedColumnLength ? failedTable.name : table;
  faultTableLength = failedColumnLength ? failedTable.nameLength : tableLength;
  faultColumn = failedColumn;
  faultColumnLength = failedColumnLength;
  faultEntity = "";
  faultType = "";
  faultRecord = record;
  faultOffset = base + (at - start);
  faultLine = lines + 1;
  for (let p = start; p < at; p++) if (load<u8>(p) == 10) faultLine++;
  clearBuffer(faultCode);
  putText(faultCode, errorCode(failure));
  clearBuffer(faultMessage);
  if (failure == E_CONTRACT) putBreach(breachOf, breachKind);
  else {
    putText(faultMessage, describe(failure));
    if (failedColumnLength) {
      putText(faultMessage, ": ");
      putBytes(faultMessage, failedColumn, failedColumnLength);
    }
  }
  putText(faultMessage, " (line ");
  putNumber(faultMessage, faultLine);
  putText(faultMessage, ", record ");
  putNumber(faultMessage, record);
  putText(faultMessage, ", byte ");
  putNumber(faultMessage, faultOffset);
  putByte(faultMessage, 41);
  clearBuffer(faultExcerpt);
  if (!masked) excerpt(start, at, end);
}

/** Names what the contract freezes (`columns are frozen: b as text`), or discards, though it cannot be left out
 *  (`columns are discarded, and the merge needs: b as text`). */
function putBreach(d: Discard, kind: u32): void {
  faultTable = d.table.name;
  faultTableLength = d.table.nameLength;
  faultColumn = d.name;
  faultColumnLength = d.nameLength;
  faultEntity = entityName(d.entity);
  faultType = kind == K_NONE ? "" : typeName(kind);
  putText(faultMessage, faultEntity);
  putText(faultMessage, d.entity == DATA_TYPE ? " is " : " are ");
  putText(faultMessage, d.mode == FREEZE ? "frozen" : "discarded, and the merge cannot do without");
  if (d.nameLength) {
    putText(faultMessage, ": ");
    putBytes(faultMessage, d.name, d.nameLength);
  }
  if (faultType.length) {
    putText(faultMessage, " as ");
    putText(faultMessage, faultType);
  }
}

/** What hints declare is frozen. */
export function setDeclaredFault(): void {
  setUsageFault("SCHEMA_CONTRACT", "");
  putBreach(declaredBreach, declaredBreach.kind);
}

/** A usage error: not of the data. */
export function setUsageFault(code: string, message: string): void {
  faultEntity = "";
  faultType = "";
  faultTableLength = 0;
  faultColumnLength = 0;
  faultRecord = 0;
  faultOffset = 0;
  faultLine = 0;
  clearBuffer(faultCode);
  putText(faultCode, code);
  clearBuffer(faultMessage);
  putText(faultMessage, message);
  clearBuffer(faultExcerpt);
}

/** The text around the fault, on one line, printable. */
function excerpt(start: usize, at: usize, end: usize): void {
  let from = at - start > EXCERPT ? at - EXCERPT : start;
  while (from < at && (load<u8>(from) & 0xc0) == 0x80) from++;
  let to = end - at > EXCERPT ? at + EXCERPT : end;
  while (to > at && (load<u8>(to) & 0xc0) == 0x80) to--;
  for (let p = from; p < to;) {
    const c: u32 = load<u8>(p);
    if (c == 10 && p >= at) return;
    const n: usize = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
    if (c < 32 || c == 127) putByte(faultExcerpt, 32);
    else if (n > 1 && (p + n > to || !isUtf8(p, n))) {
      putByte(faultExcerpt, 63);
      p++;
      continue;
    } else for (let i: usize = 0; i < n; i++) putByte(faultExcerpt, load<u8>(p + i));
    p += n;
  }
}
