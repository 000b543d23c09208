// Hints as a tree by key of the data; lists are passed through.
import { allocStruct } from "../memory/arena";
import { sameBytes } from "../memory/bytes";
import { Hint, isNull, MASK_HMAC, MASK_NULL, MASK_REDACT } from "../layout/field";
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
  let at = firstIn(member(p, "columns"));
  while (at) {
    let node = root;
    let step = firstIn(member(at, "path"));
    while (step) {
      readString(step);
      let child = hintFor(node, textPtr, textLength);
      if (isNull(child)) {
        child = newHint();
        child.key = textPtr;
        child.keyLength = textLength;
        append(node, child);
      }
      node = child;
      step = nextAfter(step);
    }
    readHint(at, node);
    at = nextAfter(at);
  }
  return root;
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

function readHint(p: usize, h: Hint): void {
  h.set = 1;
  h.kind = kindNamed(member(p, "type"));
  h.precision = <u32>readNumber(member(p, "precision"), 0);
  h.scale = <u32>readNumber(member(p, "scale"), 0);
  h.primary = <u32>readBool(member(p, "primaryKey"), false);
  h.merge = <u32>readBool(member(p, "mergeKey"), false);
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
