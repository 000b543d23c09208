// The engine's configuration (EngineConfig in core/binding/contract.ts): limits, names, hints, tables to continue from.
import { readCursors } from "../cursor/cursor";
import { setMemoryLimit } from "../memory/arena";
import { isText } from "../memory/bytes";
import { NEW_TABLE } from "../contract/modes";
import { declareColumns } from "../columns/bind";
import { keepName, nameLength, normalizedName, setMaxName } from "../columns/name";
import { addColumn, setMaxColumns } from "../columns/column";
import { setWiden } from "../columns/convert";
import {
  cold,
  F_ASCENDING,
  F_DELETE,
  F_DESCENDING,
  F_EXISTING,
  F_FIXED,
  F_MERGE,
  F_NULLABLE,
  F_PRIMARY,
  F_ROW_VERSION,
  F_VALID_FROM,
  F_VALID_TO,
  F_VARIANT,
  Hint,
  isNull,
  nil,
  Table,
  WITH_OUTER_ID,
  WITH_ROOT_ID,
} from "../layout/field";
import { K_DECIMAL, K_NONE, K_WEI } from "../layout/kinds";
import { setDepthLimit } from "../scan/skip";
import { newDetached, setHashSeed } from "../tables/shape";
import { setSeed } from "../tables/ids";
import { declareOwnTables } from "../tables/own-table";
import {
  carry,
  configureTables,
  findTable,
  firstTable,
  followHint,
  newTable,
  requireNested,
  setConfigured,
  tablesFull,
} from "../tables/table";
import { hintFor, kindNamed, newHint, readHints, roleOf } from "./hints";
import {
  firstIn,
  isString,
  isStringOf,
  member,
  nextAfter,
  readBool,
  readNumber,
  readString,
  setInvalid,
  textLength,
  textPtr,
  valueOf,
} from "./reader";

export let loadId: usize = 0;
export let loadIdLength: u32 = 0;
export let quarantine: bool = false;
export let recordLimit: usize = 0;
/** Bytes of records after which batches are cut. */
export let batchBytes: u64 = 0;

let maxNesting: i32 = 1000;
/** Tables' hints by raw table name, a level above the columns'. */
let hints: Hint = nil<Hint>();

export function readConfig(p: usize): void {
  const limits = member(p, "limits");
  setMemoryLimit(<usize>readNumber(member(limits, "memoryBytes"), 4294901760));
  setDepthLimit(<u32>readNumber(member(limits, "depth"), 512));
  setMaxColumns(<u32>readNumber(member(limits, "columns"), 10000));
  // Buffers take up to six times a record; their sizes have to stay below 4 GB.
  recordLimit = min<usize>(<usize>readNumber(member(limits, "recordBytes"), 67108864), 0x10000000);
  batchBytes = <u64>readNumber(member(p, "batchBytes"), 524288);
  configureTables(<u32>readNumber(member(limits, "tables"), 4096), readBool(member(p, "rootKey"), false));
  maxNesting = <i32>readNumber(member(p, "maxTableNesting"), 1000);
  setMaxName(<u32>readNumber(member(p, "maxIdentifierLength"), 65536));
  setWiden(!isStringOf(member(p, "onTypeConflict"), "variant"));
  quarantine = isStringOf(member(p, "onBadRecord"), "quarantine");
  const seed = member(p, "seed");
  if (seed) {
    const value = readU64(seed);
    setSeed(value);
    setHashSeed(value);
  }
  const id = member(p, "loadId");
  if (isString(id)) {
    readString(id);
    loadId = textPtr;
    loadIdLength = textLength;
  }
  hints = newHint();
  readCursors(member(p, "cursors"));
  let key = firstIn(member(p, "hints"));
  while (key) {
    readString(key);
    const name = textPtr;
    const length = textLength;
    const h = readHints(valueOf(key));
    h.key = name;
    h.keyLength = length;
    h.sibling = hints.child;
    hints.child = h;
    key = nextAfter(valueOf(key));
  }
  key = firstIn(member(p, "tables"));
  setConfigured(true);
  while (key) {
    readTable(key, valueOf(key));
    key = nextAfter(valueOf(key));
  }
  for (let t = firstTable; !isNull(t); t = t.next)
    if (isNull(t.parent) && isNull(t.ownIn)) declareOwnTables(t);
  setConfigured(false);
}

/** The seed at p: a string, since not all of its numbers are exact in JSON. */
function readU64(p: usize): u64 {
  let v: u64 = 0;
  let good = load<u16>(p) != 0x2222;
  if (load<u8>(p) == 34) p++;
  else good = false;
  let digit: u64 = 0;
  for (; (digit = <u64>load<u8>(p) - 48) <= 9; p++) {
    if (v > (u64.MAX_VALUE - digit) / 10) good = false;
    v = v * 10 + digit;
  }
  if (!good || load<u8>(p) != 34) setInvalid("seed is no unsigned 64-bit number in a string");
  return v;
}

/** The root table of that name, made on first use; `fallback` gives the hints of tables that have none by name.
 *  Null when there are too many tables, or when a nested one has the name. */
export function rootTableNamed(name: usize, n: u32, fallback: Hint): Table {
  const d = normalizedName(name, n);
  const length = nameLength;
  let hint = hintFor(hints, name, n);
  if (isNull(hint)) hint = hintFor(hints, d, length);
  if (isNull(hint)) hint = fallback;
  const known = findTable(d, length);
  if (!isNull(known)) {
    if (!isNull(known.parent)) return nil<Table>();
    if (isNull(known.hint)) {
      known.hint = hint;
      known.shape.hint = hint;
      if (!isNull(hint)) {
        followHint(known, hint);
        declareColumns(known, hint, 0, 0);
        declareOwnTables(known);
      }
    }
    return known;
  }
  const isLeftOut = !isNull(hint) && (hint.contract & 3) != 0;
  if (!isLeftOut && tablesFull()) return nil<Table>();
  const kept = keepName(d, length);
  const t = newTable(kept, length, kept, length, nil<Table>(), hint, nestingOf(hint), 1);
  if (!isNull(hint) && !isLeftOut) {
    declareColumns(t, hint, 0, 0);
    declareOwnTables(t);
  }
  return t;
}

function nestingOf(hint: Hint): i32 {
  return !isNull(hint) && hint.maxNesting >= 0 ? hint.maxNesting : maxNesting;
}

/** A table of dlt's schema document: its complete columns, in order. Parents come before their children. */
function readTable(key: usize, p: usize): void {
  readString(key);
  const name = textPtr;
  const n = textLength;
  const parentAt = member(p, "parent");
  let parent = nil<Table>();
  let level = maxNesting;
  let hint = hintFor(hints, name, n);
  if (isString(parentAt)) {
    readString(parentAt);
    parent = findTable(textPtr, textLength);
    // dlt names nested tables by path, so the parent's name begins the child's; hints follow when its key is seen.
    if (isNull(parent)) return;
    hint = nil<Hint>();
  } else level = nestingOf(hint);
  const t = newTable(name, n, name, n, parent, hint, level, isNull(parent) ? 1 : 0);
  t.existing = 1;
  let at = firstIn(member(p, "columns"));
  while (at) {
    const column = valueOf(at);
    if (readBool(member(column, "root_key"), false)) {
      if (isNull(parent)) t.extra |= WITH_OUTER_ID;
      else carry(t, WITH_ROOT_ID);
    }
    const kind = kindNamed(member(column, "data_type"));
    readString(at);
    if (kind != K_NONE) t.contract &= ~NEW_TABLE;
    if (isSystem(textPtr, textLength)) {
      if (t.systemAt < 0) t.systemAt = <i32>t.columnCount;
      if (readBool(member(column, "x-row-version"), false)) t.versioned = 1;
    } else if (kind != K_NONE) {
      const c = newDetached(t);
      const decimal = kind == K_DECIMAL || kind == K_WEI;
      const precision = <u32>readNumber(member(column, "precision"), decimal ? 38 : 0);
      const scale = <u32>(
        readNumber(member(column, "scale"), kind == K_DECIMAL && !member(column, "precision") ? 9 : 0)
      );
      addColumn(c, t, textPtr, textLength, kind, precision, scale);
      const k = cold(c);
      k.flags |= F_EXISTING | F_FIXED;
      if (!readBool(member(column, "nullable"), true)) {
        k.flags &= ~F_NULLABLE;
        t.required++;
        requireNested(t);
      }
      if (readBool(member(column, "variant"), false)) k.flags |= F_VARIANT;
      if (isNull(hint)) k.flags |= storedRoles(column);
      else {
        const role = roleOf(hint, textPtr, textLength);
        if (!isNull(role)) k.flags |= role.roles;
      }
    }
    at = nextAfter(column);
  }
  if (t.systemAt < 0) t.systemAt = <i32>t.columnCount;
  if (isNull(parent) && !isNull(hint)) declareColumns(t, hint, 0, 0);
}

function storedRoles(p: usize): u32 {
  let roles: u32 = 0;
  if (readBool(member(p, "primary_key"), false)) roles |= F_PRIMARY;
  if (readBool(member(p, "merge_key"), false)) roles |= F_MERGE;
  if (readBool(member(p, "hard_delete"), false)) roles |= F_DELETE;
  const sort = member(p, "dedup_sort");
  if (isStringOf(sort, "asc")) roles |= F_ASCENDING;
  if (isStringOf(sort, "desc")) roles |= F_DESCENDING;
  if (readBool(member(p, "x-valid-from"), false)) roles |= F_VALID_FROM;
  if (readBool(member(p, "x-valid-to"), false)) roles |= F_VALID_TO;
  if (readBool(member(p, "x-row-version"), false)) roles |= F_ROW_VERSION;
  return roles;
}

/** The columns that every table has and no field writes. */
function isSystem(p: usize, n: u32): bool {
  return (
    isText(p, n, "_dlt_id") ||
    isText(p, n, "_dlt_load_id") ||
    isText(p, n, "_dlt_parent_id") ||
    isText(p, n, "_dlt_list_idx") ||
    isText(p, n, "_dlt_root_id")
  );
}
