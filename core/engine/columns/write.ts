// Writing values. Missing values cost nothing when they are missing: a column back-fills offsets and validity when it
// is next written (or when its batch is cut).
import { cold, Field } from "../layout/field";
import { isVariable, K_BOOL, widthOf } from "../layout/kinds";
import { growValues } from "./storage";

function setLongRun(bits: usize, from: u32, to: u32): void {
  let i = (<usize>from) >>> 3;
  const last = (<usize>(to - 1)) >>> 3;
  store<u8>(bits + i, (<u32>load<u8>(bits + i)) | (0xff << (from & 7)));
  i++;
  if (last > i) memory.fill(bits + i, 0xff, last - i);
  store<u8>(bits + last, (<u32>load<u8>(bits + last)) | (0xff >>> (7 - ((to - 1) & 7))));
}

/** Marks rows from..to-1 as not null. */
@inline
export function setRun(bits: usize, from: u32, to: u32): void {
  const n = to - from;
  if (n <= 56) {
    const at = bits + ((<usize>from) >>> 3);
    store<u64>(at, load<u64>(at) | ((((<u64>1) << n) - 1) << (from & 7)));
  } else setLongRun(bits, from, to);
}

/** Rows len..row-1 of c become null. The caller has made sure that len < row. */
export function fillGap(c: Field, row: u32): void {
  const len = c.len;
  const kind: u32 = c.kind;
  const k = cold(c);
  setRun(k.valid, k.runStart, len);
  k.nulls += row - len;
  k.validDirty = 1;
  if (isVariable(kind)) {
    const offset = load<u32>(c.offsets + ((<usize>len) << 2));
    let at = c.offsets + ((<usize>len + 1) << 2);
    const end = c.offsets + ((<usize>row) << 2);
    const v = i32x4.splat(offset);
    // The first 64 bytes without a test: most gaps are short.
    v128.store(at, v);
    v128.store(at, v, 16);
    v128.store(at, v, 32);
    v128.store(at, v, 48);
    at += 64;
    while (at <= end) {
      v128.store(at, v);
      at += 16;
    }
  } else if (kind != K_BOOL) {
    const shift: usize = ctz(widthOf(kind));
    let at = c.data + ((<usize>len) << shift);
    const end = c.data + ((<usize>row) << shift);
    const zero = i64x2.splat(0);
    v128.store(at, zero);
    v128.store(at, zero, 16);
    v128.store(at, zero, 32);
    v128.store(at, zero, 48);
    at += 64;
    while (at < end) {
      v128.store(at, zero);
      v128.store(at, zero, 16);
      at += 32;
    }
  }
  k.runStart = row;
  c.len = row;
}

/** Makes row a null although something is known of it: marks the field as seen in this row. */
export function putNull(c: Field, row: u32): void {
  if (c.len < row) fillGap(c, row);
  fillGap(c, row + 1);
}

/** Takes back what the last row of c holds, a value or a null. */
export function unwriteRow(c: Field, row: u32): void {
  const k = cold(c);
  if (k.runStart > row) {
    k.runStart = row;
    k.nulls--;
  }
  if (isVariable(c.kind)) c.dataPos = c.data + load<u32>(c.offsets + ((<usize>row) << 2));
  else if (c.kind == <u8>K_BOOL) {
    const at = c.data + ((<usize>row) >>> 3);
    store<u8>(at, (<u32>load<u8>(at)) & ~((<u32>1) << (row & 7)));
  }
  c.len = row;
}

/** Whether row holds a value. */
export function hasValue(c: Field, row: u32): bool {
  return c.len > row && row >= cold(c).runStart;
}

// The caller of these has brought c.len to row.

@inline
export function putI64(c: Field, row: u32, value: i64): void {
  store<i64>(c.data + ((<usize>row) << 3), value);
  c.len = row + 1;
}


@inline
export function putF64(c: Field, row: u32, value: f64): void {
  store<f64>(c.data + ((<usize>row) << 3), value);
  c.len = row + 1;
}


@inline
export function putBool(c: Field, row: u32, value: u32): void {
  const at = c.data + ((<usize>row) >>> 3);
  store<u8>(at, (<u32>load<u8>(at)) | (value << (row & 7)));
  c.len = row + 1;
}

export function putI32(c: Field, row: u32, value: i32): void {
  store<i32>(c.data + ((<usize>row) << 2), value);
  c.len = row + 1;
}

/** value: pointer to 16 bytes. */
export function putI128(c: Field, row: u32, value: usize): void {
  v128.store(c.data + ((<usize>row) << 4), v128.load(value));
  c.len = row + 1;
}

export function putBytesValue(c: Field, row: u32, p: usize, n: usize): void {
  if (c.dataPos + n > c.dataEnd) growValues(c, n);
  memory.copy(c.dataPos, p, n);
  c.dataPos += n;
  store<u32>(c.offsets + ((<usize>row + 1) << 2), <u32>(c.dataPos - c.data));
  c.len = row + 1;
}
