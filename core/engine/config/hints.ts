// Hints as a tree by key of the data; lists are passed through.
import { allocStruct } from "../memory/arena";
import { readContract } from "../contract/modes";
import { nameLength, normalizedName, prefixedName, shortName } from "../columns/name";
import { sameBytes } from "../memory/bytes";
import {
  F_ASCENDING,
  F_DELETE,
  F_DESCENDING,
  F_MERGE,
  F_PRIMARY,
  F_ROW_VERSION,
  F_VALID_FROM,
  F_VALID_TO,
  Hint,
  isNull,
  MASK_HMAC,
  MASK_NULL,
  MASK_REDACT,
  nil,
  ROW_ID_KEY,
  ROW_ID_RANDOM,
  ROW_ID_ROW,
  WITH_RECORD,
  WITH_ROOT_ID,
} from "../layout/field";
import {
  K_BINARY,
  K_BOOL,
  K_DATE,
  K_DECIMAL,
  K_DOUBLE,
  K_INT,
  K_JSON,
  K_NONE,
  K_TEXT,
  K_TIME,
  K_TIMESTAMP,
  K_WEI,
} from "../layout/kinds";
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
} from "./reader";

export function newHint(): Hint {
  const h = changetype<Hint>(allocStruct(offsetof<Hint>()));
  h.maxNesting = -1;
  h.nullable = 1;
  return h;
}

/** The node for a key below h, null when there is none. */
export function hintFor(h: Hint, key: usize, n: u32): Hint {
  if (isNull(h)) return h;
  let c = h.child;
  while (!isNull(c) && !(c.keyLength == n && sameBytes(c.key, key, n))) c = c.sibling;
  return c;
}

/** The column kind that a dlt type name at p stands for, K_NONE when it is none. */
export function kindNamed(p: usize): u32 {
  if (isStringOf(p, "text")) return K_TEXT;
  if (isStringOf(p, "bigint")) return K_INT;
  if (isStringOf(p, "double")) return K_DOUBLE;
  if (isStringOf(p, "bool")) return K_BOOL;
  if (isStringOf(p, "timestamp")) return K_TIMESTAMP;
  if (isStringOf(p, "json")) return K_JSON;
  if (isStringOf(p, "decimal")) return K_DECIMAL;
  if (isStringOf(p, "wei")) return K_WEI;
  if (isStringOf(p, "date")) return K_DATE;
  if (isStringOf(p, "time")) return K_TIME;
  if (isStringOf(p, "binary")) return K_BINARY;
  return K_NONE;
}

/** Reads the `TableHints` at p (core/binding/contract.ts) into a tree. */
export function readHints(p: usize): Hint {
  const root = newHint();
  const nesting = member(p, "maxTableNesting");
  if (nesting) root.maxNesting = <i32>readNumber(nesting, -1);
  root.contract = readContract(member(p, "contract"));
  readRowHints(p, root);
  let own: u32 = 0;
  for (let at = firstIn(member(p, "nested")); at; at = nextAfter(at)) {
    const node = nodeAt(root, member(at, "path"));
    node.own = ++own;
    readRowHints(at, node);
  }
  let at = firstIn(member(p, "columns"));
  while (at) {
    readHint(at, nodeAt(root, member(at, "path")));
    at = nextAfter(at);
  }
  nameKeys(root, 0, 0);
  return root;
}

/** What the rows of a table carry, and what their ids are made of. */
function readRowHints(p: usize, h: Hint): void {
  const rowId = member(p, "rowId");
  h.rowId = isStringOf(rowId, "key") ? ROW_ID_KEY : isStringOf(rowId, "row") ? ROW_ID_ROW : ROW_ID_RANDOM;
  if (readBool(member(p, "rootKey"), false)) h.extra |= WITH_ROOT_ID;
  if (readBool(member(p, "recordNumber"), false)) h.extra |= WITH_RECORD;
}

/** The node that the list of keys at p leads to, made when there is none. */
function nodeAt(root: Hint, p: usize): Hint {
  let node = root;
  for (let step = firstIn(p); step; step = nextAfter(step)) {
    readString(step);
    let child = hintFor(node, textPtr, textLength);
    if (isNull(child)) {
      child = newHint();
      child.key = textPtr;
      child.keyLength = textLength;
      append(node, child);
    }
    node = child;
  }
  return node;
}

/** Names the columns that have a role, below h, whose own columns' names begin with `prefix`. */
function nameKeys(h: Hint, prefix: usize, prefixLength: u32): void {
  for (let c = h.child; !isNull(c); c = c.sibling) {
    if (c.roles) {
      const long = joinedName(prefix, prefixLength, c);
      c.name = shortName(long, nameLength);
      c.nameLength = nameLength;
    }
    if (isNull(c.child)) continue;
    if (c.own) {
      nameKeys(c, 0, 0);
      continue;
    }
    const below = joinedName(prefix, prefixLength, c);
    store<u16>(below + nameLength, 0x5f5f);
    nameKeys(c, below, nameLength + 2);
  }
}

/** The prefix and the normalised name of a hint's key; kept, with room for a separator. Its length is in nameLength. */
export function joinedName(prefix: usize, prefixLength: u32, h: Hint): usize {
  const own = h.asLength ? normalizedName(h.as, h.asLength) : normalizedName(h.key, h.keyLength);
  return prefixedName(prefix, prefixLength, own, nameLength);
}

/** The hint that gives the column of that name a role, null when there is none. */
export function roleOf(h: Hint, name: usize, n: u32): Hint {
  for (let c = h.child; !isNull(c); c = c.sibling) {
    if (c.roles && c.nameLength == n && sameBytes(c.name, name, n)) return c;
    const below = c.own ? nil<Hint>() : roleOf(c, name, n);
    if (!isNull(below)) return below;
  }
  return nil<Hint>();
}

/** Keeps the order in which hints are given. */
function append(node: Hint, child: Hint): void {
  let last = node.child;
  if (isNull(last)) node.child = child;
  else {
    while (!isNull(last.sibling)) last = last.sibling;
    last.sibling = child;
  }
}

function readRoles(p: usize): u32 {
  let roles: u32 = 0;
  if (readBool(member(p, "primaryKey"), false)) roles |= F_PRIMARY;
  if (readBool(member(p, "mergeKey"), false)) roles |= F_MERGE;
  if (readBool(member(p, "hardDelete"), false)) roles |= F_DELETE;
  const sort = member(p, "dedupSort");
  if (isStringOf(sort, "asc")) roles |= F_ASCENDING;
  if (isStringOf(sort, "desc")) roles |= F_DESCENDING;
  if (readBool(member(p, "validFrom"), false)) roles |= F_VALID_FROM;
  if (readBool(member(p, "validTo"), false)) roles |= F_VALID_TO;
  if (readBool(member(p, "rowVersion"), false)) roles |= F_ROW_VERSION;
  return roles;
}

function readHint(p: usize, h: Hint): void {
  h.set = 1;
  h.kind = kindNamed(member(p, "type"));
  h.precision = <u32>readNumber(member(p, "precision"), 0);
  h.scale = <u32>readNumber(member(p, "scale"), 0);
  h.primary = <u32>readBool(member(p, "primaryKey"), false);
  h.roles = readRoles(p);
  h.nullable = <u32>readBool(member(p, "nullable"), h.primary == 0);
  h.drop = <u32>readBool(member(p, "drop"), false);
  const mask = member(p, "mask");
  h.mask = isStringOf(mask, "hmac")
    ? MASK_HMAC
    : isStringOf(mask, "redact")
      ? MASK_REDACT
      : isStringOf(mask, "null")
        ? MASK_NULL
        : 0;
  if (mask && !h.mask) setInvalid("a mask is none of hmac, redact, null");
  const key = member(p, "maskKey");
  if (isString(key)) {
    readString(key);
    h.maskKey = textPtr;
    h.maskKeyLength = textLength;
  }
  if (h.mask == MASK_HMAC && !h.maskKeyLength) setInvalid("a mask is hmac and has no maskKey");
  const as = member(p, "as");
  if (isString(as)) {
    readString(as);
    h.as = textPtr;
    h.asLength = textLength;
  }
}

/** Whether any value below h is masked or dropped: then no text of the record is shown. */
export function hasMask(h: Hint): bool {
  while (!isNull(h)) {
    if (h.mask || h.drop || hasMask(h.child)) return true;
    h = h.sibling;
  }
  return false;
}
