// `--hint price=decimal(20,4)` and `--primary-key id` as the engine's column hints: one object per path.
import { allocStruct } from "../core/engine/memory/arena";
import { Buffer, newBuffer, putByte, putBytes, putText } from "../core/engine/memory/buffer";
import { isText, sameBytes } from "../core/engine/memory/bytes";
import { isNull, nil } from "../core/engine/layout/field";
import { failOption } from "./arguments";
import { putPath } from "./path";


@unmanaged
class Hint {
  /** JSON of its steps. */
  path: Buffer;
  /** Its further members, a comma before each. */
  members: Buffer;
  next: Hint;
}

let first: Hint = nil<Hint>();
let last: Hint = nil<Hint>();

function hintAt(p: usize, n: usize): Hint {
  const path = newBuffer();
  if (!putPath(path, p, n, true) || path.len == 2)
    failOption("names no column: a path looks like user.address.zip");
  for (let h = first; !isNull(h); h = h.next) {
    if (h.path.len == path.len && sameBytes(h.path.ptr, path.ptr, path.len)) return h;
  }
  const h = changetype<Hint>(allocStruct(offsetof<Hint>()));
  h.path = path;
  h.members = newBuffer();
  if (isNull(first)) first = h;
  else last.next = h;
  last = h;
  return h;
}

/** `path=what`: a type, `drop`, `mask:redact` or `mask:null`. */
export function addHint(p: usize, n: usize): void {
  let split = n;
  while (split && load<u8>(p + split - 1) != 61) split--;
  if (!split) failOption("is written path=type");
  const members = hintAt(p, split - 1).members;
  const what = p + split;
  const length = n - split;
  if (isText(what, length, "drop")) putText(members, ',"drop":true');
  else if (isText(what, length, "mask:redact")) putText(members, ',"mask":"redact"');
  else if (isText(what, length, "mask:null")) putText(members, ',"mask":"null"');
  else if (!putType(members, what, length))
    failOption(
      "is a type (text, bigint, double, bool, timestamp, date, time, json, binary, wei, decimal, decimal(20,4)), drop, mask:redact or mask:null",
    );
}

function putType(members: Buffer, p: usize, n: usize): bool {
  const known =
    isText(p, n, "text") ||
    isText(p, n, "bigint") ||
    isText(p, n, "double") ||
    isText(p, n, "bool") ||
    isText(p, n, "timestamp") ||
    isText(p, n, "date") ||
    isText(p, n, "time") ||
    isText(p, n, "json") ||
    isText(p, n, "binary") ||
    isText(p, n, "wei") ||
    isText(p, n, "decimal");
  if (known) {
    putText(members, ',"type":"');
    putBytes(members, p, n);
    putByte(members, 34);
    return true;
  }
  // decimal(p,s)
  if (n < 10 || !isText(p, 8, "decimal(") || load<u8>(p + n - 1) != 41) return false;
  const end = p + n - 1;
  const precision = digits(p + 8, end);
  if (!precision || precision > 38) return false;
  let scale: u32 = 0;
  if (digitsEnd < end) {
    if (load<u8>(digitsEnd) != 44) return false;
    const from = digitsEnd + 1;
    scale = digits(from, end);
    if (digitsEnd != end || from == end || scale > precision) return false;
  }
  putText(members, ',"type":"decimal","precision":');
  putSmall(members, precision);
  putText(members, ',"scale":');
  putSmall(members, scale);
  return true;
}

let digitsEnd: usize = 0;

/** The number at p (at most three digits are looked at). */
function digits(p: usize, end: usize): u32 {
  let n: u32 = 0;
  const start = p;
  while (p < end && p < start + 3 && <u32>load<u8>(p) - 48 <= 9) n = n * 10 + (<u32>load<u8>(p++) - 48);
  digitsEnd = p;
  return n;
}

function putSmall(b: Buffer, n: u32): void {
  if (n >= 10) putByte(b, 48 + n / 10);
  putByte(b, 48 + (n % 10));
}

/** `id` or `order_id,line`. */
export function addPrimaryKey(p: usize, n: usize): void {
  const end = p + n;
  while (p <= end) {
    let q = p;
    while (q < end && load<u8>(q) != 44) q++;
    putText(hintAt(p, q - p).members, ',"primaryKey":true,"nullable":false');
    p = q + 1;
  }
}

/** Writes the hints as members of a list, a comma between them; false when there are none. */
export function putHints(out: Buffer): bool {
  for (let h = first; !isNull(h); h = h.next) {
    if (h != first) putByte(out, 44);
    putText(out, '{"path":');
    putBytes(out, h.path.ptr, h.path.len);
    putBytes(out, h.members.ptr, h.members.len);
    putByte(out, 125);
  }
  return !isNull(first);
}
