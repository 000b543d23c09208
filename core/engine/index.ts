// The engine's exports: engine.wit in the canonical ABI. scripts/canonical-exports.mjs gives them their canonical names.
import { schemaLength, schemaMessage } from "./arrow/schema";
import { Batch, cutBatches, takeBatch } from "./arrow/batches";
import { isLanding, releaseArgument } from "./abi/memory";
import { bytes, failed, none, okBytes, okNumber, someBatch } from "./abi/results";
import { readConfig } from "./config/config";
import { invalid } from "./config/reader";
import { declaredBreach } from "./contract/declared";
import { setDeclaredFault, setUsageFault } from "./input/fault";
import { finish, push } from "./input/feed";
import { findInput, FORMAT_UNKNOWN, MAX_CAPTURES, newInput, recycle, removeInput } from "./input/input";
import { isNull } from "./layout/field";
import { allocBlock, freeBlock, trapReason } from "./memory/arena";
import { newBuffer } from "./memory/buffer";
import { initVectors } from "./scan/constants";
import { clearFailure } from "./scan/failure";
import { skipValue } from "./scan/skip";
import { writeSchema } from "./output/schema-document";
import { writeSummary } from "./output/summary";
import { findTable, tablesFull } from "./tables/table";

export { cabi_realloc } from "./abi/memory";


@external("[export]runlet:engine/normalizer@0.1.0", "[resource-new]normalizer")
declare function newHandle(representation: usize): u32;

let opened: bool = false;

/** A copy of an argument with room behind it; the argument is given back. */
function keep(p: usize, n: usize): usize {
  const d = allocBlock(n + 128);
  memory.copy(d, p, n);
  memory.fill(d + n, 0, 128);
  releaseArgument(p, n);
  return d;
}

export function open(config: usize, n: usize): usize {
  initVectors();
  const text = keep(config, n);
  if (opened) {
    setUsageFault("DEFECT", "an engine instance normalises one load; make another instance");
    return failed();
  }
  clearFailure();
  if (skipValue(text, 0) != text + n) {
    setUsageFault("CONFIG_INVALID", "the engine's configuration is no JSON");
    return failed();
  }
  opened = true;
  readConfig(text);
  if (invalid.length) {
    setUsageFault("CONFIG_INVALID", invalid);
    return failed();
  }
  if (!isNull(declaredBreach)) {
    setDeclaredFault();
    return failed();
  }
  return okNumber(newHandle(1));
}

export function close(self: usize): void {}

export function input(
  self: usize,
  table: usize,
  tableLength: usize,
  ordinal: u32,
  options: usize,
  n: usize,
): usize {
  clearFailure();
  const i = newInput(table, <u32>tableLength, ordinal, options, n);
  releaseArgument(table, tableLength);
  releaseArgument(options, n);
  if (isNull(i)) {
    if (tablesFull()) setUsageFault("LIMIT_TABLES", "too many tables");
    else setUsageFault("SCHEMA_CONTRACT", "a root table would have the name of a nested table");
    return failed();
  }
  if (!isNull(declaredBreach)) {
    removeInput(i);
    recycle(i);
    setDeclaredFault();
    return failed();
  }
  const captures = i.options.captures;
  const isUnknown = i.format == FORMAT_UNKNOWN;
  const lacksCursor = i.options.lacksCursor != 0;
  if (isUnknown || lacksCursor || (!isNull(captures) && captures.count > MAX_CAPTURES)) {
    removeInput(i);
    recycle(i);
    setUsageFault(
      "CONFIG_INVALID",
      isUnknown
        ? "format is none of auto, ndjson, json, csv, tsv"
        : lacksCursor
          ? "an input names a cursor that is not in the configuration"
          : "an input captures 31 values of its document at the most",
    );
    return failed();
  }
  return okNumber(i.id);
}

function unknownInput(): usize {
  setUsageFault("DEFECT", "no such input");
  return failed();
}

export function pushChunk(self: usize, id: u32, chunk: usize, n: usize): usize {
  const i = findInput(id);
  if (isNull(i)) {
    releaseArgument(chunk, n);
    return unknownInput();
  }
  const before = i.records;
  let ok = true;
  if (n) {
    if (isLanding(chunk)) ok = push(i, chunk, n);
    else {
      const room = allocBlock(262144 + n + 128);
      memory.copy(room + 262144, chunk, n);
      ok = push(i, room + 262144, n);
      freeBlock(room, 262144 + n + 128);
    }
  }
  releaseArgument(chunk, n);
  return ok ? okNumber(<u32>(i.records - before)) : failed();
}

const summary = newBuffer();

export function end(self: usize, id: u32): usize {
  const i = findInput(id);
  if (isNull(i)) return unknownInput();
  const ok = finish(i);
  if (ok) writeSummary(summary, i);
  removeInput(i);
  recycle(i);
  return ok ? okBytes(summary) : failed();
}

export function abort(self: usize, id: u32): void {
  const i = findInput(id);
  if (isNull(i)) return;
  removeInput(i);
  recycle(i);
}

let held: usize = 0;
let heldCapacity: usize = 0;

/** Frees the batch that was taken last. */
export function postTake(result: usize): void {
  if (held) freeBlock(held, heldCapacity);
  held = 0;
}

export function take(self: usize): usize {
  postTake(0);
  const b: Batch = takeBatch();
  if (isNull(b)) return none();
  held = b.message;
  heldCapacity = b.capacity;
  return someBatch(b.table.name, b.table.nameLength, b.version, b.rows, b.message, b.length);
}

/** Cuts what the tables hold into batches, full or not. */
export function flush(self: usize): void {
  cutBatches(true);
}

export function tableSchema(self: usize, table: usize, n: usize, version: u32): usize {
  const t = findTable(table, <u32>n);
  releaseArgument(table, n);
  if (isNull(t)) return bytes(0, 0);
  const message = schemaMessage(t, version);
  return message ? bytes(message, schemaLength) : bytes(0, 0);
}

const schemaText = newBuffer();

export function schema(self: usize): usize {
  writeSchema(schemaText);
  return bytes(schemaText.ptr, schemaText.len);
}

/** Why the instance trapped: 1 the memory limit, 0 a defect. */
export function reasonOfTrap(): u32 {
  return trapReason;
}
