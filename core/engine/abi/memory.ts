// Memory the host writes arguments to. The chunk of a push lands where there is room before and behind it, so that it
// can be parsed in place, joined with what the chunk before it left over.
import { allocBlock, freeBlock } from "../memory/arena";
import { HEADROOM, PADDING } from "../input/feed";

let landing: usize = 0;
let capacity: usize = 0;
let busy: bool = false;

export function cabi_realloc(old: usize, oldSize: usize, alignment: usize, size: usize): usize {
  if (size == 0) return alignment;
  if (old == 0) {
    if (!busy) {
      busy = true;
      if (capacity < size) {
        if (landing) freeBlock(landing, HEADROOM + capacity + PADDING);
        capacity = size < 65536 ? 65536 : size;
        landing = allocBlock(HEADROOM + capacity + PADDING);
      }
      return landing + HEADROOM;
    }
    return allocBlock(size + PADDING);
  }
  const p = allocBlock(size + PADDING);
  memory.copy(p, old, oldSize < size ? oldSize : size);
  releaseArgument(old, oldSize);
  return p;
}

/** Whether p is where chunks land. */
export function isLanding(p: usize): bool {
  return landing != 0 && p == landing + HEADROOM;
}

export function releaseArgument(p: usize, n: usize): void {
  if (isLanding(p)) busy = false;
  else if (n) freeBlock(p, n + PADDING);
}
