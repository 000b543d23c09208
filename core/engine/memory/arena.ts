// The engine's only allocator: a bump pointer and power-of-two free lists over linear memory. There is no garbage
// collector; everything is raw pointers, freed by hand or with the instance.

/** Why the last trap happened, for the host to read after it: 0 a defect, 1 the memory limit. */
export let trapReason: u32 = 0;

let top: usize = 0;
let limit: usize = 0xffff0000;
const freeLists: usize = memory.data(32 * 4, 16);

/** Bytes of linear memory the engine may use. */
export function setMemoryLimit(bytes: usize): void {
  limit = bytes;
}

export function outOfMemory(): void {
  trapReason = 1;
  unreachable();
}

function bump(n: usize): usize {
  if (top == 0) top = (__heap_base + 63) & ~63;
  const start = top;
  const end = (start + n + 63) & ~63;
  if (end < start || end > limit) outOfMemory();
  const have = (<usize>memory.size()) << 16;
  if (end > have) {
    // Grow by a quarter so that growth stays amortised, by the least when that is refused.
    const least = <i32>((end - have + 0xffff) >>> 16);
    let pages = memory.size() >>> 2;
    if (pages < least) pages = least;
    if (memory.grow(pages) < 0 && memory.grow(least) < 0) outOfMemory();
  }
  top = end;
  return start;
}

/** A zeroed struct that lives as long as the instance. */
export function allocStruct(n: usize): usize {
  const p = bump(n);
  memory.fill(p, 0, n);
  return p;
}


@inline
function sizeClass(n: usize): u32 {
  return n <= 64 ? 6 : 32 - clz<u32>(<u32>(n - 1));
}

/** The largest block. */
@inline export const MAX_BLOCK: usize = 0x40000000;

/** A block of at least n bytes, not zeroed; give it back with {@link freeBlock} and the same n. */
export function allocBlock(n: usize): usize {
  if (n > MAX_BLOCK) outOfMemory();
  const head = freeLists + ((<usize>sizeClass(n)) << 2);
  const p = load<usize>(head);
  if (p) {
    store<usize>(head, load<usize>(p));
    return p;
  }
  return bump((<usize>1) << sizeClass(n));
}

/** Bytes an {@link allocBlock} of n really has. */
@inline
export function blockSize(n: usize): usize {
  return (<usize>1) << sizeClass(n);
}

export function freeBlock(p: usize, n: usize): void {
  if (!p) return;
  const head = freeLists + ((<usize>sizeClass(n)) << 2);
  store<usize>(p, load<usize>(head));
  store<usize>(head, p);
}
