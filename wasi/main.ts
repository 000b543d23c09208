// The engine as a WASI command: records on stdin, tables on stdout. docs: HACKING.md, "The engine elsewhere".
import { member, readNumber } from "../core/engine/config/reader";
import { nameLength, normalizedName } from "../core/engine/columns/name";
import { putBytes, putNumber, putText } from "../core/engine/memory/buffer";
import { initVectors } from "../core/engine/scan/constants";
import { archiveBatch, endArchiveTables } from "./archive";
import { feed, finish, listAt, listLength, nextBatch, openEngine, openInput, readSchema } from "./engine";
import { failWith, logsJson, prepareFailures } from "./failure";
import { printHelp, printVersion } from "./help";
import {
  ARROW,
  config,
  CSV,
  HELP,
  inputOptions,
  only,
  onlyLength,
  ordinal,
  output,
  readOptions,
  SCHEMA,
  selects,
  table,
  tableLength,
  VERSION,
} from "./options";
import { err, exit, flushOutput, out, putUtf8, readArgumentList } from "./system";
import { endTables, putBatch, wantOnly } from "./tables";

export { memoryUsedUp } from "./failure";

export function _start(): void {
  prepareFailures();
  initVectors();
  readArgumentList();
  const what = readOptions();
  if (what == HELP) printHelp();
  else if (what == VERSION) printVersion();
  else run();
  exit(0);
}

function run(): void {
  openEngine(config.ptr, config.len);
  if (only) wantOnly(only, onlyLength);
  else if (output == CSV) {
    // The engine names the root table so.
    const name = normalizedName(table, <u32>tableLength);
    wantOnly(name, nameLength);
  }
  const input = openInput(table, tableLength, ordinal, inputOptions.ptr, inputOptions.len);
  while (feed(input)) drain(false);
  finish(input);
  const summary = listAt;
  const length = listLength;
  drain(true);
  const records = <u64>readNumber(member(summary, "records"), 0);
  if (selects && isFalse(member(summary, "matched")) && readNumber(member(summary, "bytes"), 0) > 0)
    failWith(
      "SOURCE_SELECTOR",
      "nothing in the input is where the records are looked for",
      "see where its records are: --records data.items",
    );
  if (output == SCHEMA) {
    readSchema();
    putBytes(out, listAt, listLength);
    putText(out, "\n");
    flushOutput();
  } else if (output == ARROW && !only) endArchiveTables();
  else endTables(records);
  tell(summary, length);
}

function drain(all: bool): void {
  while (nextBatch(all)) {
    if (output == SCHEMA) continue;
    if (output == ARROW && !only) archiveBatch();
    else putBatch();
  }
}

function isFalse(p: usize): bool {
  return p != 0 && load<u8>(p) == 102;
}

/** Says how it went, where that is asked for or something was set aside. */
function tell(summary: usize, n: usize): void {
  if (logsJson) {
    putText(err, '{"level":"info","message":"done","input":');
    putBytes(err, summary, n);
    putText(err, "}\n");
    return;
  }
  const rejected = <u64>readNumber(member(summary, "rejected"), 0);
  if (!rejected) return;
  putNumber(err, rejected);
  putUtf8(err, rejected == 1 ? " bad record" : " bad records");
  putUtf8(err, " set aside in _runlet_rejects\n");
}
