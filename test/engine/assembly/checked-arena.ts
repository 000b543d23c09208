// core/engine/memory/arena.ts for a build of the engine that checks each access (test/fuzz/checked): the same functions,
// but a block is as large as was asked for and no larger, holds rubbish when it is new, has room on both sides that nobody
// may touch, and is given out again as late as there is room for. As AddressSanitizer does it:
// https://github.com/google/sanitizers/wiki/AddressSanitizerAlgorithm

export let trapReason: u32 = 0;

/** The access that made the instance trap. */
export let wrongAddress: u32 = 0;
export let wrongLength: u32 = 0;

/** Where the arena ends. Above it is a byte for each eight of it: how many of these may be accessed, from the first on. */
const SHADOW: usize = 0x10000000;
/** Where static data begins: AssemblyScript leaves the first KB empty. */
const STATIC: usize = 1024;
/** Bytes before a block: how many it has, whether it is out, and the next free one. Then as many behind it. */
const MARGIN: usize = 64;
const NEW: u8 = 0xa5;
/** Bytes of free blocks of one size that wait before one of them is given out again. */
const WAITING: u32 = 0x800000;

const IS_OUT: u32 = 0x4f55544f;
const IS_FREE: u32 = 0x46524545;

let top: usize = 0;
let limit: usize = SHADOW;
const oldest: usize = memory.data(32 * 4, 16);
const youngest: usize = memory.data(32 * 4, 16);
const waiting: usize = memory.data(32 * 4, 16);

export function setMemoryLimit(bytes: usize): void {
  limit = bytes < SHADOW ? bytes : SHADOW;
}

export function outOfMemory(): void {
  trapReason = 1;
  unreachable();
}

/** Returns `p` when each of n bytes at p + offset may be accessed; traps when not. Each access goes through here. */
export function checked(p: usize, offset: usize, n: usize): usize {
  const from = p + offset;
  // Most accesses are to one byte of the shadow.
  const end = (from & 7) + n;
  if (end <= 8 && from < SHADOW && <usize>load<u8>(SHADOW + (from >> 3)) >= end) return p;
  const to = from + n;
  if (n == 0 || (from >= STATIC && to <= __heap_base && to > from)) return p;
  if (from < p || to < from || to > SHADOW) wrong(from, n);
  for (let at = from >> 3; at << 3 < to; at++) {
    if (at + 8 <= to >> 3 && load<u64>(SHADOW + at) == 0x0808080808080808) at += 7;
    else {
      const left = to - (at << 3);
      if (<usize>load<u8>(SHADOW + at) < (left < 8 ? left : 8)) wrong(from, n);
    }
  }
  return p;
}

export function checkedCopy(d: usize, s: usize, n: usize): void {
  checked(d, 0, n);
  checked(s, 0, n);
  memory.copy(d, s, n);
}

export function checkedFill(d: usize, value: u32, n: usize): void {
  checked(d, 0, n);
  memory.fill(d, <u8>value, n);
}

function wrong(p: usize, n: usize): void {
  wrongAddress = p;
  wrongLength = n;
  unreachable();
}

function allow(p: usize, n: usize): void {
  memory.fill(SHADOW + (p >> 3), 8, n >> 3);
  if (n & 7) store<u8>(SHADOW + ((p + n) >> 3), <u8>(n & 7));
}

function forbid(p: usize, n: usize): void {
  memory.fill(SHADOW + (p >> 3), 0, (n + 7) >> 3);
}

function bump(n: usize): usize {
  if (top == 0) top = (__heap_base + 63) & ~63;
  const p = top + MARGIN;
  const end = (p + n + MARGIN + 63) & ~63;
  if (end < p || end > limit) outOfMemory();
  top = end;
  return p;
}

function giveOut(p: usize, n: usize): usize {
  store<usize>(p - MARGIN, n);
  store<u32>(p - MARGIN, IS_OUT, 4);
  allow(p, n);
  return p;
}

export function allocStruct(n: usize): usize {
  const p = giveOut(bump(n), n);
  memory.fill(p, 0, n);
  return p;
}

/** log2 of the room that a block takes. */
function sizeClass(n: usize): u32 {
  return n <= 64 ? 6 : 32 - clz<u32>(<u32>(n - 1));
}

export const MAX_BLOCK: usize = 0x40000000;

export function allocBlock(n: usize): usize {
  if (n > MAX_BLOCK) outOfMemory();
  const c = sizeClass(n) << 2;
  let p: usize = 0;
  if (load<u32>(waiting + c) > WAITING) {
    p = load<usize>(oldest + c);
    store<usize>(oldest + c, load<usize>(p - MARGIN, 8));
    store<u32>(waiting + c, load<u32>(waiting + c) - (1 << (c >> 2)));
  } else p = bump((<usize>1) << (c >> 2));
  giveOut(p, n);
  memory.fill(p, NEW, n);
  return p;
}

export function blockSize(n: usize): usize {
  return n;
}

/** Takes a block back; traps when it is none, is back already, or had another size. */
export function freeBlock(p: usize, n: usize): void {
  if (!p) return;
  if (p & 63 || p <= __heap_base || p >= top) wrong(p, n);
  if (load<u32>(p - MARGIN, 4) != IS_OUT || sizeClass(load<usize>(p - MARGIN)) != sizeClass(n)) wrong(p, n);
  forbid(p, load<usize>(p - MARGIN));
  store<u32>(p - MARGIN, IS_FREE, 4);
  store<usize>(p - MARGIN, 0, 8);
  const c = sizeClass(n) << 2;
  if (load<u32>(waiting + c)) store<usize>(load<usize>(youngest + c) - MARGIN, p, 8);
  else store<usize>(oldest + c, p);
  store<usize>(youngest + c, p);
  store<u32>(waiting + c, load<u32>(waiting + c) + (1 << (c >> 2)));
}

/** From here on only the first n bytes of a block may be accessed. */
export function narrow(p: usize, n: usize): usize {
  forbid(p, load<usize>(p - MARGIN));
  allow(p, n);
  return p;
}
