// From a field to its column: the name, the type the first value decides, sharing between fields, variants.
import { writeText } from "../memory/bytes";
import {
  cold,
  Cold,
  F_HINTED,
  F_NULLABLE,
  F_OWNED,
  F_VARIANT,
  Field,
  Hint,
  isNull,
  MASK_NULL,
  nil,
  Shape,
  Table,
} from "../layout/field";
import {
  K_BOOL,
  K_DECIMAL,
  K_DOUBLE,
  K_INT,
  K_JSON,
  K_MASK,
  K_NONE,
  K_SHARED,
  K_TEXT,
  K_TIMESTAMP,
  K_WEI,
  typeName,
} from "../layout/kinds";
import { parseTimestamp } from "../time/iso8601";
import { newDetached } from "../tables/shape";
import { addColumn, adoptColumn, findColumn, proveMasked } from "./column";
import { joinedName } from "../config/hints";
import { bars } from "../contract/breach";
import { onTrial, refuseNew } from "../cursor/trial";
import { barsDeclared, changesType } from "../contract/declared";
import { columnMode, EVOLVE, isBarred, typeMode } from "../contract/modes";
import { listField, requireNested } from "../tables/table";
import { columnName, keepName, nameLength, shortName } from "./name";
import { valueKind, valueLength, valueText } from "./value";

/** The kind that new columns get whatever their first value is; K_NONE: the value decides. */
let sniffed: u32 = K_NONE;
export function setSniffed(kind: u32): void {
  sniffed = kind;
}

/** The kind of column the value at hand makes. */
export function inferredKind(): u32 {
  if (sniffed) return sniffed;
  if (valueKind == K_TEXT) return parseTimestamp(valueText, valueLength) ? K_TIMESTAMP : K_TEXT;
  // An integer of more than 38 digits fits no number column: its digits are kept as text.
  if (valueKind == K_DECIMAL && !fitsDecimal()) return K_TEXT;
  return valueKind;
}

/** Whether the integer at hand has at most 38 digits. */
export function fitsDecimal(): bool {
  const digits = valueLength - <u32>(load<u8>(valueText) == 45);
  return digits <= 38;
}

function applyHint(c: Field, hint: Hint): void {
  const k = cold(c);
  if (isNull(hint) || !hint.set) return;
  if (hint.kind != K_NONE) k.flags |= F_HINTED;
  if (!hint.nullable) {
    k.flags &= ~F_NULLABLE;
    k.table.required++;
    k.table.boundHints++;
    requireNested(k.table);
  }
  k.flags |= hint.roles;
}

/** Decides where the values of a field go that has seen none before. False when the table is full. */
export function bindField(f: Field): bool {
  listField(f);
  const k = cold(f);
  const hint = k.hint;
  const hinted = !isNull(hint) && hint.set;
  const t = k.table;
  const name = columnName(f);
  const n = nameLength;
  const masked = hinted && hint.mask;
  const existing = findColumn(t, name, n);
  if (!isNull(existing)) {
    const owned = cold(existing).flags & F_OWNED;
    if (!owned && !masked) {
      adoptColumn(f, existing);
      return true;
    }
    cold(existing).flags |= F_OWNED;
    if (masked && !owned) {
      k.target = existing;
      f.kind = <u8>K_MASK;
      if (f.len == 0xffffffff) f.len = 0;
      return true;
    }
    share(f, existing);
    if (masked) f.kind = <u8>K_MASK;
    return true;
  }
  if (t.contract && bars(f, name, n)) return true;
  const kind = hinted && hint.kind != K_NONE ? hint.kind : masked ? K_TEXT : inferredKind();
  const typed = hinted && hint.kind != K_NONE;
  const precision: u32 = typed ? hintedPrecision(hint) : kind == K_DECIMAL ? 38 : 0;
  const scale: u32 = typed ? hintedScale(hint) : 0;
  if (masked) {
    const c = newDetached(t);
    if (!addColumn(c, t, keepName(name, n), n, kind, precision, scale)) return false;
    cold(c).flags |= F_OWNED;
    applyHint(c, hint);
    if (hint.mask == MASK_NULL) proveMasked(c);
    k.target = c;
    f.kind = <u8>K_MASK;
    if (f.len == 0xffffffff) f.len = 0;
    return true;
  }
  if (!addColumn(f, t, keepName(name, n), n, kind, precision, scale)) return false;
  k.flags |= F_OWNED;
  applyHint(f, hint);
  return true;
}

/** Makes the columns below a hint that have a type, whether or not the data will have them; those that are there follow
 *  the hints from now on. Their names begin with `prefix`. */
export function declareColumns(t: Table, hint: Hint, prefix: usize, prefixLength: u32): void {
  if (isBarred(t)) return;
  // Inside of objects and lists a contract has to do with what comes.
  const isLate = prefixLength != 0 || !isNull(t.parent);
  let h = hint.child;
  while (!isNull(h)) {
    if (h.set && !h.drop) {
      const long = joinedName(prefix, prefixLength, h);
      const name = shortName(long, nameLength);
      const n = nameLength;
      const there = findColumn(t, name, n);
      const leftOut = isLate
        ? (isNull(there) ? columnMode(t, name, n) : typeMode(t)) != EVOLVE
        : isNull(there) && barsDeclared(t, h, name, n);
      if (leftOut) {
        h = h.sibling;
        continue;
      }
      if (!h.nullable) {
        t.requiredHints++;
        requireNested(t);
      }
      if (!isNull(there)) followColumn(there, h);
      else if (h.kind != K_NONE) {
        const c = newDetached(t);
        if (!addColumn(c, t, keepName(name, n), n, h.kind, hintedPrecision(h), hintedScale(h))) return;
        applyHint(c, h);
      }
    }
    h = h.sibling;
  }
}

/** A column that came with the configuration gets the role and the nullability of its hint. */
function followColumn(c: Field, hint: Hint): void {
  const k = cold(c);
  k.flags |= hint.roles;
  if (changesType(c, hint)) {
    if (!hint.nullable) k.table.requiredHints--;
    return;
  }
  if (hint.nullable) return;
  k.table.boundHints++;
  if (!(k.flags & F_NULLABLE)) return;
  k.flags &= ~F_NULLABLE;
  k.table.required++;
}

function hintedPrecision(h: Hint): u32 {
  return h.kind == K_DECIMAL || h.kind == K_WEI ? (h.precision ? h.precision : 38) : 0;
}

function hintedScale(h: Hint): u32 {
  return h.kind == K_DECIMAL ? (h.precision ? h.scale : 9) : 0;
}

/** Two fields lead to one column: it gets a line of its own, both write through it. */
export function share(f: Field, column: Field): void {
  let target = column;
  const owner = cold(column);
  if (!isNull(owner.owner)) {
    // The column sits in the line of the field that came first.
    const row = owner.table.rows - 1;
    target = newDetached(owner.table);
    const written = column.len;
    adoptColumn(target, column);
    column.kind = <u8>K_SHARED;
    column.len = written;
    owner.target = target;
    owner.name = 0;
    if (written > row) {
      cold(target).writer = owner.owner;
      cold(target).writerRow = row + 1;
    }
  }
  f.kind = <u8>K_SHARED;
  if (f.len == 0xffffffff) f.len = 0;
  cold(f).target = target;
}

/** Finds or makes the column for the scalars of a field that otherwise holds objects or lists. */
export function bindBeside(f: Field): bool {
  const k = cold(f);
  const name = columnName(f);
  const n = nameLength;
  const existing = findColumn(k.table, name, n);
  if (!isNull(existing)) {
    const len = f.len;
    share(f, existing);
    f.len = len;
    return true;
  }
  const kind = inferredKind();
  const c = newDetached(k.table);
  if (!addColumn(c, k.table, keepName(name, n), n, kind, kind == K_DECIMAL ? 38 : 0, 0)) return false;
  cold(c).flags |= F_OWNED;
  k.target = c;
  return true;
}

/** Whether what shape a has written in this row gives way to b: only when b is a itself or below it. dlt writes the
 *  scalars of a level first and nested objects later, the first of them last. */
export function givesWay(a: Shape, b: Shape): bool {
  while (!isNull(b)) {
    if (a == b) return true;
    b = b.parent;
  }
  return false;
}

/** Kind of the variant column for the value at hand. */
function variantKind(): u32 {
  return valueKind == K_DECIMAL && !fitsDecimal() ? K_TEXT : valueKind;
}

function variantSlot(k: Cold, kind: u32): usize {
  const base = changetype<usize>(k);
  switch (kind) {
    case K_BOOL:
      return base + offsetof<Cold>("variantBool");
    case K_INT:
      return base + offsetof<Cold>("variantInt");
    case K_DOUBLE:
      return base + offsetof<Cold>("variantDouble");
    case K_DECIMAL:
      return base + offsetof<Cold>("variantDecimal");
    case K_JSON:
      return base + offsetof<Cold>("variantJson");
    default:
      return base + offsetof<Cold>("variantText");
  }
}

/** Stands for a variant that the contract does not let in. */
export const NO_VARIANT: Field = changetype<Field>(<usize>1);

/** The variant of column c that takes the value at hand; null when the table is full. */
export function variantOf(c: Field): Field {
  const kind = variantKind();
  const slot = variantSlot(cold(c), kind);
  let v = load<Field>(slot);
  if (!isNull(v)) return v;
  if (onTrial) {
    refuseNew(0);
    return nil<Field>();
  }
  const k = cold(c);
  const long = keepName(k.name, k.nameLength);
  let n = k.nameLength;
  n += writeText(long + n, "__v_");
  n += writeText(long + n, typeName(kind));
  const d = shortName(long, n);
  n = nameLength;
  v = findColumn(k.table, d, n);
  if (isNull(v)) {
    if (typeMode(k.table)) return NO_VARIANT;
    v = newDetached(k.table);
    if (!addColumn(v, k.table, d, n, kind, kind == K_DECIMAL ? 38 : 0, 0)) return nil<Field>();
  }
  cold(v).flags |= F_VARIANT | F_OWNED;
  cold(v).base = c;
  store<Field>(slot, v);
  return v;
}
