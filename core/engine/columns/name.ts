// Names of columns and nested tables. They are made in one scratch buffer; what is kept is copied.
import { allocBlock } from "../memory/arena";
import { Buffer, clearBuffer, newBuffer, reserve } from "../memory/buffer";
import { cold, Field, isNull } from "../layout/field";
import { normalizeKey } from "../naming/snake-case";
import { shorten } from "../naming/shorten";

let maxName: u32 = 0;
/** Longest identifier in code points; 0: no limit. */
export function setMaxName(n: u32): void {
  maxName = n;
}

/** Length of the name the functions below return. */
export let nameLength: u32 = 0;

const scratch: Buffer = newBuffer();

/** The bytes as a name that stays. */
export function keepName(p: usize, n: u32): usize {
  const d = allocBlock(n + 32);
  memory.copy(d, p, n);
  return d;
}

/** A key by itself, normalised; valid until the next name is made. */
export function normalizedName(key: usize, n: u32): usize {
  clearBuffer(scratch);
  const d = reserve(scratch, n * 2 + 64);
  nameLength = normalizeKey(key, n, maxName, d);
  return d;
}

/** Two names joined to one that stays; there is room for more behind it. */
export function prefixedName(prefix: usize, prefixLength: u32, own: usize, n: u32): usize {
  const d = allocBlock(prefixLength + n + 32);
  memory.copy(d, prefix, prefixLength);
  memory.copy(d + prefixLength, own, n);
  nameLength = prefixLength + n;
  return d;
}

/** `head` bytes, then prefix of the owner and normalised key; not shortened as a whole. */
function join(head: usize, headLength: u32, f: Field): usize {
  const k = cold(f);
  const hint = k.hint;
  // The hint of a list holds for its elements, its name does not.
  const renamed = !isNull(hint) && hint.asLength > 0 && hint != k.owner.hint;
  const key = renamed ? hint.as : k.decodedKey;
  const keyLength = renamed ? hint.asLength : k.decodedLength;
  const prefix = k.owner.prefixLength;
  clearBuffer(scratch);
  const d = reserve(scratch, headLength + prefix + keyLength * 2 + 64);
  memory.copy(d, head, headLength);
  memory.copy(d + headLength, k.owner.prefix, prefix);
  nameLength = headLength + prefix + normalizeKey(key, keyLength, maxName, d + headLength + prefix);
  return d;
}

/** The prefix of the columns of a field's objects: its joined name and the separator. Kept. */
export function childPrefix(f: Field): usize {
  const d = keepName(join(0, 0, f), nameLength);
  store<u16>(d + nameLength, 0x5f5f);
  nameLength += 2;
  return d;
}

/** The name of the field's column; valid until the next name is made. */
export function columnName(f: Field): usize {
  const d = join(0, 0, f);
  nameLength = shorten(d, nameLength, d, nameLength, maxName, d);
  return d;
}

/** The unshortened path of the nested table that the field's lists make. Kept. */
export function childPath(f: Field): usize {
  const t = cold(f).table;
  const head = allocBlock(t.pathLength + 8);
  memory.copy(head, t.path, t.pathLength);
  store<u16>(head + t.pathLength, 0x5f5f);
  return keepName(join(head, t.pathLength + 2, f), nameLength);
}

/** The name of a table or variant, from its unshortened one. Kept. */
export function shortName(p: usize, n: u32): usize {
  const d = keepName(p, n);
  nameLength = shorten(d, n, d, n, maxName, d);
  return d;
}
