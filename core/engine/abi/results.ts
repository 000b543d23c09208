// Results in the component model's canonical ABI: a pointer to memory laid out as engine.wit says.
import { Buffer, clearBuffer, newBuffer, putText } from "../memory/buffer";
import {
  faultColumn,
  faultColumnLength,
  faultCode,
  faultEntity,
  faultExcerpt,
  faultLine,
  faultMessage,
  faultOffset,
  faultRecord,
  faultTable,
  faultTableLength,
  faultType,
} from "../input/fault";

const area: usize = memory.data(96, 8);

/** result<u32 or handle, error>: payload at offset 8, because the error holds u64s. */
export function okNumber(value: u32): usize {
  store<u8>(area, 0);
  store<u32>(area, value, 8);
  return area;
}

/** result<list<u8>, error> */
export function okBytes(b: Buffer): usize {
  store<u8>(area, 0);
  store<usize>(area, b.ptr, 8);
  store<u32>(area, <u32>b.len, 12);
  return area;
}

/** The fault at hand as the error of any result. */
export function failed(): usize {
  store<u8>(area, 1);
  putList(8, faultCode.ptr, faultCode.len);
  putList(16, faultMessage.ptr, faultMessage.len);
  putList(24, faultTable, faultTableLength);
  store<u64>(area, faultRecord, 32);
  store<u64>(area, faultOffset, 40);
  store<u64>(area, faultLine, 48);
  putList(56, faultExcerpt.ptr, faultExcerpt.len);
  putList(64, faultColumn, faultColumnLength);
  putWord(72, faultEntity, entity);
  putWord(80, faultType, type);
  return area;
}

const entity = newBuffer();
const type = newBuffer();

function putWord(at: usize, word: string, b: Buffer): void {
  clearBuffer(b);
  putText(b, word);
  putList(at, b.ptr, b.len);
}

function putList(at: usize, p: usize, n: usize): void {
  store<usize>(area + at, p);
  store<u32>(area + at, <u32>n, 4);
}

/** list<u8> */
export function bytes(p: usize, n: usize): usize {
  store<usize>(area, p);
  store<u32>(area, <u32>n, 4);
  return area;
}

export function none(): usize {
  store<u8>(area, 0);
  return area;
}

/** option<batch> */
export function someBatch(
  name: usize,
  nameLength: u32,
  version: u32,
  rows: u32,
  message: usize,
  length: usize,
): usize {
  store<u8>(area, 1);
  store<usize>(area, name, 4);
  store<u32>(area, nameLength, 8);
  store<u32>(area, version, 12);
  store<u32>(area, rows, 16);
  store<usize>(area, message, 20);
  store<u32>(area, <u32>length, 24);
  return area;
}
