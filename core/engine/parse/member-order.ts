// The order of an object's members by their keys, which are JSON strings with the least escapes: code-point order, of
// equal keys the first as it stands. Objects that are alike are put in order alike: the order found last is tried first.
import { allocBlock, freeBlock } from "../memory/arena";
import { plainEnd } from "../scan/text";

/** A member: where its text begins, where its key ends, where its value ends (offsets), its number in the object. */
@inline export const MEMBER: usize = 16;

/** Whether some key has an escape, so that bytes are not compared as they are. */
let escaped: bool = false;

export function forgetKeys(): void {
  escaped = false;
}

/** Looks at the key from `start` to `end`, its quotes included; up to 16 bytes behind it are read. */
export function noteKeyText(start: usize, end: usize): void {
  if (plainEnd(start + 1) != end - 1) escaped = true;
}

/** Puts `count` members at `first` in order; offsets are from `base`. False when they were, and no two keys are equal. */
export function orderMembers(base: usize, first: usize, count: u32): bool {
  let lengths: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const m = first + <usize>i * MEMBER;
    store<u32>(m, i, 12);
    lengths = lengths * 31 + load<u32>(m, 4) - load<u32>(m);
  }
  if (isOrdered(base, first, count, true)) return false;
  const slot = orders + ((<usize>(lengths & 63)) << 3);
  if (load<u32>(slot, 4) == count) {
    arrange(load<usize>(slot), first, count);
    if (isOrdered(base, first, count, false)) return true;
  }
  sortMembers(base, first, count);
  keepOrder(slot, first, count);
  return true;
}

/** Orders found last, by the lengths of the keys: members' numbers, and their count. */
const orders: usize = memory.data(64 * 8, 16);

/** The members before they are arranged. */
let moved: usize = 0;
let room: u32 = 0;

/** Puts the members, which are in the order of their numbers, in the order of those at `numbers`. */
function arrange(numbers: usize, first: usize, count: u32): void {
  if (room < count) {
    if (moved) freeBlock(moved, room * MEMBER);
    room = count * 2;
    moved = allocBlock(room * MEMBER);
  }
  for (let i: u32 = 0; i < count; i++)
    v128.store(moved + <usize>i * MEMBER, v128.load(first + <usize>i * MEMBER));
  for (let i: u32 = 0; i < count; i++) {
    const number = <usize>load<u32>(numbers + ((<usize>i) << 2));
    v128.store(first + <usize>i * MEMBER, v128.load(moved + number * MEMBER));
  }
}

function keepOrder(slot: usize, first: usize, count: u32): void {
  const before = load<u32>(slot, 4);
  if (before != count) {
    if (before) freeBlock(load<usize>(slot), (<usize>before) << 2);
    store<usize>(slot, allocBlock((<usize>count) << 2));
    store<u32>(slot, count, 4);
  }
  const numbers = load<usize>(slot);
  for (let i: u32 = 0; i < count; i++)
    store<u32>(numbers + ((<usize>i) << 2), load<u32>(first + <usize>i * MEMBER, 12));
}

/** Whether each member comes before the next; `strictly`: by its key, not only by its number. */
function isOrdered(base: usize, first: usize, count: u32, strictly: bool): bool {
  for (let i: u32 = 1; i < count; i++) {
    const m = first + <usize>i * MEMBER;
    const c = compareKeys(base, m - MEMBER, m);
    if (c > 0 || (c == 0 && (strictly || load<u32>(m - MEMBER, 12) > load<u32>(m, 12)))) return false;
  }
  return true;
}

/** Compares the keys of two members; up to 8 bytes behind them are read. */
export function compareKeys(base: usize, a: usize, b: usize): i32 {
  const p = base + load<u32>(a) + 1;
  const q = base + load<u32>(b) + 1;
  const n = load<u32>(a, 4) - load<u32>(a) - 2;
  const m = load<u32>(b, 4) - load<u32>(b) - 2;
  if (escaped) return compareEscaped(p, p + n, q, q + m);
  // UTF-8 keeps the order of code points: eight bytes a step, the first of them the highest.
  const shorter = min(n, m);
  for (let i: u32 = 0; i < shorter; i += 8) {
    const rest = shorter - i;
    const behind: u64 = rest < 8 ? 64 - ((<u64>rest) << 3) : 0;
    const x = bswap<u64>(load<u64>(p + i)) >>> behind;
    const y = bswap<u64>(load<u64>(q + i)) >>> behind;
    if (x != y) return x < y ? -1 : 1;
  }
  return <i32>(n > m) - <i32>(n < m);
}

function compareEscaped(p: usize, pEnd: usize, q: usize, qEnd: usize): i32 {
  while (p < pEnd && q < qEnd) {
    const x = byteAt(p);
    const y = byteAt(q);
    if (x != y) return x < y ? -1 : 1;
    p += widthAt(p);
    q += widthAt(q);
  }
  return <i32>(p < pEnd) - <i32>(q < qEnd);
}

/** The byte that the text at p stands for. */
function byteAt(p: usize): u32 {
  const c: u32 = load<u8>(p);
  if (c != 92) return c;
  const e: u32 = load<u8>(p, 1);
  if (e == 34 || e == 92) return e;
  if (e == 98) return 8;
  if (e == 116) return 9;
  if (e == 110) return 10;
  if (e == 102) return 12;
  if (e == 114) return 13;
  const low: u32 = load<u8>(p, 5);
  return ((<u32>load<u8>(p, 4) - 48) << 4) | (low < 58 ? low - 48 : low - 87);
}

function widthAt(p: usize): usize {
  return load<u8>(p) != 92 ? 1 : load<u8>(p, 1) == 117 ? 6 : 2;
}

/** Heap sort by key, then number: n log n whatever the keys. */
function sortMembers(base: usize, first: usize, count: u32): void {
  for (let i = <i32>(count >>> 1) - 1; i >= 0; i--) siftDown(base, first, <u32>i, count);
  for (let n = count - 1; n > 0; n--) {
    swap(first, first + <usize>n * MEMBER);
    siftDown(base, first, 0, n);
  }
}

function isBefore(base: usize, a: usize, b: usize): bool {
  const c = compareKeys(base, a, b);
  return c < 0 || (c == 0 && load<u32>(a, 12) < load<u32>(b, 12));
}

function swap(a: usize, b: usize): void {
  const v = v128.load(a);
  v128.store(a, v128.load(b));
  v128.store(b, v);
}

function siftDown(base: usize, first: usize, at: u32, count: u32): void {
  while (true) {
    let child = at * 2 + 1;
    if (child >= count) return;
    const left = first + <usize>child * MEMBER;
    if (child + 1 < count && isBefore(base, left, left + MEMBER)) child++;
    const a = first + <usize>at * MEMBER;
    const c = first + <usize>child * MEMBER;
    if (!isBefore(base, a, c)) return;
    swap(a, c);
    at = child;
  }
}
