// The engine as engine.wit has it, for this command: arguments by cabi_realloc, results in the canonical ABI's area.
import { cabi_realloc } from "../core/engine/abi/memory";
import {
  end as endInput,
  flush,
  input as newInput,
  open as openNormalizer,
  pushChunk,
  schema,
  take,
  tableSchema,
} from "../core/engine/index";
import { allocBlock } from "../core/engine/memory/arena";
import { failResult } from "./failure";
import { readInput } from "./system";

/** Bytes read at once: enough to hide the call, small enough to stay in the cache. */
const CHUNK: usize = 524288;
/** The one normalizer. */
const SELF: usize = 1;

function argument(p: usize, n: usize): usize {
  const to = cabi_realloc(0, 0, 1, n);
  memory.copy(to, p, n);
  return to;
}

function check(area: usize): usize {
  if (load<u8>(area)) failResult(area);
  return area;
}

/** Opens the engine with its configuration, JSON. */
export function openEngine(config: usize, n: usize): void {
  check(openNormalizer(argument(config, n), n));
}

/** Opens the input and returns its number. */
export function openInput(table: usize, tableLength: usize, ordinal: u32, options: usize, n: usize): u32 {
  const name = argument(table, tableLength);
  return load<u32>(check(newInput(SELF, name, tableLength, ordinal, argument(options, n), n)), 8);
}

/** Feeds what stdin has at hand, in place; false at its end. */
export function feed(input: u32): bool {
  const chunk = cabi_realloc(0, 0, 1, CHUNK);
  const n = readInput(chunk, CHUNK);
  check(pushChunk(SELF, input, chunk, n));
  return n != 0;
}

/** Pointer and length of the last list that the engine gave. */
export let listAt: usize = 0;
export let listLength: usize = 0;

/** Ends the input; its summary (JSON, zeros behind it) is the list. */
export function finish(input: u32): void {
  const area = check(endInput(SELF, input));
  listLength = load<u32>(area, 12);
  listAt = allocBlock(listLength + 128);
  memory.copy(listAt, load<usize>(area, 8), listLength);
  memory.fill(listAt + listLength, 0, 128);
}

export let batchTable: usize = 0;
export let batchTableLength: u32 = 0;
export let batchVersion: u32 = 0;
export let batchRows: u32 = 0;
/** The record batch's message: the engine's until the next call. */
export let batchAt: usize = 0;
export let batchLength: usize = 0;

/** Takes the oldest batch, with `drain` also those that are not full. */
export function nextBatch(drain: bool): bool {
  let area = take(SELF);
  if (drain && !load<u8>(area)) {
    flush(SELF);
    area = take(SELF);
  }
  if (!load<u8>(area)) return false;
  batchTable = load<usize>(area, 4);
  batchTableLength = load<u32>(area, 8);
  batchVersion = load<u32>(area, 12);
  batchRows = load<u32>(area, 16);
  batchAt = load<usize>(area, 20);
  batchLength = load<u32>(area, 24);
  return true;
}

/** Makes a table's schema message the list; it dies at the next call. */
export function readTableSchema(table: usize, n: u32, version: u32): void {
  setList(tableSchema(SELF, argument(table, n), n, version));
}

/** Makes the schema document the list. */
export function readSchema(): void {
  setList(schema(SELF));
}

function setList(area: usize): void {
  listAt = load<usize>(area);
  listLength = load<u32>(area, 4);
}
