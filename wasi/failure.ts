// What is said on stderr when the command fails, in the form of runlet's command line, and how it exits.
import { isText } from "../core/engine/memory/bytes";
import { setMemoryLimit } from "../core/engine/memory/arena";
import {
  Buffer,
  clearBuffer,
  newBuffer,
  putByte,
  putBytes,
  putNumber,
  putText,
  reserve,
} from "../core/engine/memory/buffer";
import { putJsonString } from "../core/engine/parse/json-text";
import { err, exit, outputBegun, putUtf8 } from "./system";

/** Errors as one JSON line (`--log json`). */
export let logsJson: bool = false;
export function logJson(): void {
  logsJson = true;
}

/** Message of the error to be reported; its reporters fill it. */
export const message: Buffer = newBuffer();

/** Exit code by error code; core/errors.ts has the list. */
function exitCode(code: usize, n: usize): u32 {
  if (isText(code, n, "USAGE") || isText(code, n, "CONFIG_INVALID")) return 2;
  if (isText(code, n, "SCHEMA_CONTRACT") || isText(code, n, "SCHEMA_INVALID")) return 3;
  if (isText(code, n, "LIMIT_COLUMNS") || isText(code, n, "LIMIT_TABLES")) return 3;
  if (isText(code, n, "NULL_IN_KEY")) return 3;
  return isText(code, n, "DEFECT") ? 70 : 4;
}

/** What to do next, empty where nothing helps. */
function remedy(code: usize, n: usize): string {
  if (isText(code, n, "LIMIT_RECORD")) return 'allow more: --config \'{"limits":{"recordBytes":…}}\' (64 MB)';
  if (isText(code, n, "LIMIT_DEPTH")) return 'allow more: --config \'{"limits":{"depth":…}}\' (512)';
  if (isText(code, n, "LIMIT_COLUMNS")) return "keep parts as JSON: --hint <path>=json, or --max-nesting <n>";
  if (isText(code, n, "LIMIT_TABLES")) return "keep parts as JSON: --hint <path>=json, or --max-nesting <n>";
  if (
    isText(code, n, "SOURCE_NOT_JSON") ||
    isText(code, n, "SOURCE_NOT_CSV") ||
    isText(code, n, "SOURCE_NOT_UTF8")
  )
    return "repair it, or set bad records aside: --on-bad-record quarantine";
  return "";
}

const name: Buffer = newBuffer();
const whole: Buffer = newBuffer();

/** Makes room for what a failure says: when memory is used up there is none to be had. */
export function prepareFailures(): void {
  reserve(err, 8192);
  reserve(message, 1024);
  reserve(name, 64);
  reserve(whole, 1024);
}

/** Fails with {@link message}, without a place in the data. Does not return. */
export function fail(code: string, hint: string): void {
  clearBuffer(name);
  putText(name, code);
  report(name.ptr, name.len, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, hint);
}

/** As {@link fail}, with a literal as message. */
export function failWith(code: string, text: string, hint: string): void {
  clearBuffer(message);
  putUtf8(message, text);
  fail(code, hint);
}

/** Fails with the error that a result of the engine holds (`record error` of engine.wit, at offset 8). */
export function failResult(area: usize): void {
  const code = load<usize>(area, 8);
  const n = <usize>load<u32>(area, 12);
  clearBuffer(message);
  putBytes(message, load<usize>(area, 16), load<u32>(area, 20));
  report(
    code,
    n,
    load<usize>(area, 24),
    load<u32>(area, 28),
    load<u64>(area, 32),
    load<u64>(area, 40),
    load<u64>(area, 48),
    load<usize>(area, 56),
    load<u32>(area, 60),
    load<usize>(area, 64),
    load<u32>(area, 68),
    load<usize>(area, 72),
    load<u32>(area, 76),
    load<usize>(area, 80),
    load<u32>(area, 84),
    remedy(code, n),
  );
}

/** The core calls this where it would trap: wasi-command.mjs sees to it. */
export function memoryUsedUp(): void {
  setMemoryLimit(0xffff0000);
  failWith(
    "LIMIT_MEMORY",
    "the memory allowed is used up",
    "allow more: --max-memory <MB>, or feed it in smaller pieces",
  );
}

/** The message as the binding has it: `table: message near "excerpt"`. */
function putWholeMessage(
  table: usize,
  tableLength: usize,
  record: u64,
  excerpt: usize,
  excerptLength: usize,
): void {
  clearBuffer(whole);
  if (record) {
    putBytes(whole, table, tableLength);
    putText(whole, ": ");
  }
  putBytes(whole, message.ptr, message.len);
  if (excerptLength) {
    putText(whole, " near ");
    putJsonString(whole, excerpt, excerptLength);
  }
  putJsonString(err, whole.ptr, whole.len);
}

function report(
  code: usize,
  codeLength: usize,
  table: usize,
  tableLength: usize,
  record: u64,
  offset: u64,
  line: u64,
  excerpt: usize,
  excerptLength: usize,
  column: usize,
  columnLength: usize,
  entity: usize,
  entityLength: usize,
  valueType: usize,
  valueTypeLength: usize,
  hint: string,
): void {
  const status = exitCode(code, codeLength);
  if (logsJson) {
    putText(err, '{"level":"error","message":');
    putWholeMessage(table, tableLength, record | entityLength, excerpt, excerptLength);
    putText(err, ',"code":');
    putJsonString(err, code, codeLength);
    putText(err, ',"where":{');
    if (record || entityLength) {
      putText(err, '"table":');
      putJsonString(err, table, tableLength);
    }
    if (record) {
      putText(err, ',"record":');
      putNumber(err, record);
      putText(err, ',"offset":');
      putNumber(err, offset);
      putText(err, ',"line":');
      putNumber(err, line);
      if (excerptLength) {
        putText(err, ',"excerpt":');
        putJsonString(err, excerpt, excerptLength);
      }
    }
    if (columnLength) {
      putText(err, ',"column":');
      putJsonString(err, column, columnLength);
    }
    if (entityLength) {
      putText(err, ',"entity":');
      putJsonString(err, entity, entityLength);
      putText(err, ',"mode":"freeze"');
    }
    if (valueTypeLength) {
      putText(err, ',"valueType":');
      putJsonString(err, valueType, valueTypeLength);
    }
    putText(err, '},"exit":');
    putNumber(err, status);
    putText(err, "}\n");
    exit(status);
  }
  putUtf8(err, "✖ ");
  putBytes(err, code, codeLength);
  putText(err, "  ");
  if (record || entityLength) {
    putBytes(err, table, tableLength);
    putText(err, ": ");
  }
  putBytes(err, message.ptr, message.len);
  if (excerptLength) {
    putText(err, "\n  ");
    putBytes(err, excerpt, excerptLength);
  }
  putText(err, "\n  ");
  if (hint.length) {
    putUtf8(err, hint);
    putUtf8(err, " · ");
  }
  if (outputBegun) putUtf8(err, "the output is incomplete · ");
  putText(err, "exit ");
  putNumber(err, status);
  putByte(err, 10);
  exit(status);
}
