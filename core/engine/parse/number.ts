// Numbers into bigint and double columns. The end of a number is found by its terminator (one load, a compare and a
// count), so that checking sign, point and digits is off the chain that the next field waits for.
import { Field } from "../layout/field";
import { K_DOUBLE, K_INT } from "../layout/kinds";
import { putF64, putI64 } from "../columns/write";
import { eiselLemire } from "../number/eisel-lemire";
import { pow10f, pow10i } from "../number/powers";
import {
  ALIGN,
  ASCII_ZERO,
  BRACE_BIT,
  CLOSE,
  COMMA,
  EVEN_BYTES,
  HUNDREDS,
  LAST_BYTES,
  MYRIADS,
  NINE,
  TENS,
  vec,
} from "../scan/constants";
import { advance } from "./advance";
import { coldNumber } from "./cold";

/** Sixteen digits (bytes 0–9) to their number. */
@inline
function sixteenDigits(r: v128): u64 {
  const pairs = i16x8.add(i16x8.mul(v128.and(r, vec(EVEN_BYTES)), vec(TENS)), i16x8.shr_u(r, 8));
  const fours = i32x4.dot_i16x8_s(pairs, vec(HUNDREDS));
  const eights = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_u(fours, fours), vec(MYRIADS));
  const both = i64x2.extract_lane(eights, 0);
  return (both & 0xffffffff) * 100000000 + (both >>> 32);
}

/** Bytes of v before a comma, brace or bracket; 16 when there is none. */
@inline
function numberLength(v: v128): usize {
  const ends = v128.or(i8x16.eq(v, vec(COMMA)), i8x16.eq(v128.or(v, vec(BRACE_BIT)), vec(CLOSE)));
  return <usize>ctz(i8x16.bitmask(ends) | 0x10000);
}

/** p at a digit or minus. Returns the position after the number, 0 on failure. */
@inline
export function putNumber(p: usize, f: Field, row: u32): usize {
  if (<u32>f.kind - K_INT > 1) return coldNumber(p, f, row);
  if (f.len != row && !advance(p, f, row)) return 0;
  const length = numberLength(v128.load(p));
  if (length == 16) return putLongNumber(p, f, row);
  return putPlainNumber(p, length, f, row) ? p + length : coldNumber(p, f, row);
}

/** The number of `length` characters at p, less than 16, into a bigint or double column that is at `row`. False when it is
 *  none, or none that can be written there as it is. Nothing that is called before the end may need the vectors: V8 would
 *  keep each of them on the stack, also where nothing is called. */
@inline
export function putPlainNumber(p: usize, length: usize, f: Field, row: u32): bool {
  const kind: u32 = f.kind;
  const values = i8x16.sub(v128.load(p), vec(ASCII_ZERO));
  const isDigit = i8x16.eq(i8x16.min_u(values, vec(NINE)), values);
  const digits = v128.and(values, isDigit);
  const minus = <u32>(load<u8>(p) == 45);
  // Bytes of the number that are no digits, the sign excluded.
  const others = ((<u32>i8x16.bitmask(isDigit)) ^ 0xffff) & (((<u32>1) << (<u32>length)) - 1) & ~minus;
  const first: u32 = load<u8>(p + minus);
  if (others == 0) {
    if ((<u32>(length == minus)) | ((<u32>(first == 48)) & (<u32>(length > minus + 1)))) return false;
    const u = sixteenDigits(i8x16.swizzle(digits, v128.load(ALIGN + length)));
    const value = ((<i64>u) ^ -(<i64>minus)) + <i64>minus;
    if (kind == K_INT) putI64(f, row, value);
    else putF64(f, row, <f64>value);
    return true;
  }
  const point = <usize>ctz(others);
  const fraction = length - 1 - point;
  if (
    (<u32>(kind != K_DOUBLE)) |
    (others & (others - 1)) |
    (<u32>(load<u8>(p + point) != 46)) |
    (<u32>(fraction == 0)) |
    (<u32>(point == minus)) |
    ((<u32>(first == 48)) & (<u32>(point > minus + 1)))
  )
    return false;
  // Digits behind the point, and those before it moved over the point.
  const order = v128.bitselect(
    v128.load(ALIGN + length),
    v128.load(ALIGN + length - 1),
    v128.load(LAST_BYTES + (fraction << 4)),
  );
  const all = i8x16.swizzle(digits, order);
  // At most 14 digits and a power of ten up to 10^22: one division is exact (Clinger 1990).
  const r = <f64>(<i64>sixteenDigits(all)) / load<f64>(pow10f + (fraction << 3));
  putF64(f, row, reinterpret<f64>(reinterpret<u64>(r) | ((<u64>minus) << 63)));
  return true;
}

/** {@link putNumber} out of line, for the places that are not the hottest. */
export function putNumberAside(p: usize, f: Field, row: u32): usize {
  return putNumber(p, f, row);
}

/** {@link putPlainNumber} out of line, for any column. */
export function putPlainNumberAside(p: usize, length: usize, f: Field, row: u32): bool {
  if (<u32>f.kind - K_INT > 1 || (f.len != row && !advance(p, f, row))) return false;
  return putPlainNumber(p, length, f, row);
}

function putLongNumber(p: usize, f: Field, row: u32): usize {
  const end = longNumber(p, f, row);
  return end ? end : coldNumber(p, f, row);
}

/** A number of 16 characters or more: doubles with up to 20 digits and integers up to 18. 0 when it is another. */
export function longNumber(p0: usize, f: Field, row: u32): usize {
  if (f.len != row && !advance(p0, f, row)) return 0;
  const minus = <usize>(load<u8>(p0) == 45);
  const p = p0 + minus;
  const kind: u32 = f.kind;
  const x = i8x16.sub(v128.load(p), vec(ASCII_ZERO));
  const y = i8x16.sub(v128.load(p, 16), vec(ASCII_ZERO));
  const notX = (<u32>i8x16.bitmask(i8x16.eq(i8x16.min_u(x, vec(NINE)), x))) ^ 0xffff;
  const notY = (<u32>i8x16.bitmask(i8x16.eq(i8x16.min_u(y, vec(NINE)), y))) ^ 0xffff;
  const n = <usize>ctz(notX | 0x10000);
  const more = <usize>ctz(notY | 0x10000);
  const first: u32 = load<u8>(p);
  const after: u32 = load<u8>(p + 16 + more);
  const plain = after != 46 && (after | 32) != 101;
  if (
    kind == K_DOUBLE &&
    n - 1 < 14 &&
    load<u8>(p + n) == 46 &&
    (notX & (notX - 1)) == 0 &&
    more <= 4 &&
    plain &&
    !((first == 48) & (n > 1))
  ) {
    const fraction = 15 - n + more;
    const d = v128.bitselect(
      x,
      i8x16.swizzle(x, v128.load(ALIGN + 15)),
      v128.load(LAST_BYTES + ((15 - n) << 4)),
    );
    const mantissa =
      sixteenDigits(d) * load<u64>(pow10i + (more << 3)) +
      sixteenDigits(i8x16.swizzle(y, v128.load(ALIGN + more)));
    const value = eiselLemire(mantissa, -(<i32>fraction));
    if (value == value) {
      putF64(f, row, minus ? -value : value);
      return p + 16 + more;
    }
  } else if (kind == K_INT && n == 16 && more <= 2 && plain && first != 48) {
    const u = <i64>(
      (sixteenDigits(x) * load<u64>(pow10i + (more << 3)) +
        sixteenDigits(i8x16.swizzle(y, v128.load(ALIGN + more))))
    );
    putI64(f, row, minus ? -u : u);
    return p + 16 + more;
  }
  return 0;
}
