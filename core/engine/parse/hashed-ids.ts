// Root ids that are hashes, as dlt makes them: base64(SHAKE128(sorted compact JSON, 10 bytes)) of the primary key's
// columns by name, or of the whole record without dlt's own keys.
import { base64 } from "../hash/base64";
import { shake128 } from "../hash/shake128";
import { Hint, isNull, ROW_ID_KEY, Table } from "../layout/field";
import { clearBuffer, newBuffer, reserve } from "../memory/buffer";
import { E_NULL, E_OBJECT_END, fail, failColumn } from "../scan/failure";
import { skipKey, skipValue } from "../scan/skip";
import { decodeString, plainEnd, afterSpace } from "../scan/text";
import { hintFor } from "../config/hints";
import { ID_LENGTH } from "../tables/table";
import {
  beginMember,
  clearSorted,
  closeSorted,
  endMember,
  openSorted,
  sorted,
  writeMembers,
  writeSorted,
} from "./sorted-json";

const digest: usize = memory.data(16, 16);
const VALUE: usize = memory.data<u8>([118, 97, 108, 117, 101, 0, 0, 0]);

/** Gives the row the hash of the record at p, which `constants` (the text of an object without its brace, or 0) add to.
 *  False on failure: a key without a value, no JSON. */
export function hashRootId(p: usize, constants: usize, t: Table, row: u32): bool {
  clearSorted();
  const base = openSorted();
  if (!(t.rowId == ROW_ID_KEY ? writeKey(p, constants, t) : writeRow(p, constants, t))) return false;
  closeSorted(base);
  shake128(sorted.ptr, sorted.len, digest, 10);
  base64(digest, 10, t.ids + <usize>row * ID_LENGTH);
  return true;
}

function writeRow(p: usize, constants: usize, t: Table): bool {
  if (load<u8>(p) == 123) {
    if (!writeMembers(p + 1, 1, t.hint, true)) return false;
  } else {
    beginMember(VALUE, 5);
    if (!writeSorted(p, 1, t.hint)) return false;
    endMember();
  }
  return !constants || writeMembers(constants, 1, t.hint, true) != 0;
}

function writeKey(p: usize, constants: usize, t: Table): bool {
  missing = 0;
  forgetKeys(t.hint);
  if (load<u8>(p) == 123) {
    if (!findKeys(p + 1, 1, t.hint)) return false;
  } else {
    const element = hintFor(t.hint, VALUE, 5);
    if (!isNull(element) && element.primary) element.at = p;
  }
  if (constants && !findKeys(constants, 1, t.hint)) return false;
  return writeKeys(p, t, t.hint);
}

/** Values of the key that have not been found. */
let missing: u32 = 0;
/** What {@link missing} does not come down from where equal keys would not be noticed when the record is parsed. */
@inline const NEVER: u32 = 1 << 30;

function forgetKeys(h: Hint): void {
  for (let c = h.child; !isNull(c); c = c.sibling) {
    c.at = 0;
    if (c.primary) missing += c.drop ? NEVER : 1;
    forgetKeys(c);
  }
}

const key = newBuffer();

/** The hint for the member whose key is at p. */
function hintAt(h: Hint, p: usize, size: usize): Hint {
  const end = plainEnd(p + 1);
  if (load<u8>(end) == 34) return hintFor(h, p + 1, <u32>(end - p - 1));
  clearBuffer(key);
  const d = reserve(key, size + 64);
  return hintFor(h, d, <u32>(decodeString(p + 1, d) - d));
}

/** Notes where the key's values are in the object whose `{` is before p, up to the last of them. A record in which a key
 *  stands twice comes again without the first. */
function findKeys(p: usize, depth: u32, h: Hint): bool {
  p = afterSpace(p);
  if (load<u8>(p) == 125) return true;
  while (true) {
    const start = p;
    const value = skipKey(p);
    if (!value) return false;
    const child = hintAt(h, start, value - start);
    if (!isNull(child)) {
      if (child.primary) {
        // A null is no value: another may follow.
        if (!child.at && load<u32>(value) != 0x6c6c756e) missing--;
        child.at = value;
      } else if (!isNull(child.child) && load<u8>(value) == 123 && !findKeys(value + 1, depth + 1, child))
        return false;
      if (!missing) return true;
    }
    p = skipValue(value, depth);
    if (!p) return false;
    p = afterSpace(p);
    const c = load<u8>(p);
    if (c == 125) return true;
    if (c != 44) {
      fail(p, E_OBJECT_END);
      return false;
    }
    p = afterSpace(p + 1);
  }
}

function writeKeys(p: usize, t: Table, h: Hint): bool {
  for (let c = h.child; !isNull(c); c = c.sibling) {
    if (c.primary) {
      if (!c.at || load<u32>(c.at) == 0x6c6c756e) {
        failColumn(t, c.name, c.nameLength);
        fail(c.at ? c.at : p, E_NULL);
        return false;
      }
      beginMember(c.name, c.nameLength);
      if (!writeSorted(c.at, 1, c)) return false;
      endMember();
    }
    if (!c.own && !writeKeys(p, t, c)) return false;
  }
  return true;
}
