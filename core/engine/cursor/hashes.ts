// A set of hashes as base64 text, all of one length; bounded.
import { allocBlock, allocStruct, freeBlock } from "../memory/arena";
import { Buffer, clearBuffer, newBuffer, putBytes } from "../memory/buffer";
import { sameBytes } from "../memory/bytes";

/** Hashes of records at the boundary that a cursor keeps at the most. */
const MOST: u32 = 10000;

const FIRST_SLOTS: u32 = 64;


@unmanaged
export class Hashes {
  /** Characters of each. */
  width: u32;
  count: u32;
  /** There were more than may be kept: what is kept is not all. */
  overflow: u32;
  text: Buffer;
  /** Place of each hash in `text`, from 1. */
  slots: usize;
  capacity: u32;
}

export function newHashes(width: u32): Hashes {
  const h = changetype<Hashes>(allocStruct(offsetof<Hashes>()));
  h.width = width;
  h.text = newBuffer();
  return h;
}

export function clearHashes(h: Hashes, width: u32): void {
  if (h.count) memory.fill(h.slots, 0, (<usize>h.capacity) << 2);
  clearBuffer(h.text);
  h.count = 0;
  h.overflow = 0;
  h.width = width;
}

/** The slot where the hash at p is, or would be. */
function slotOf(h: Hashes, p: usize): usize {
  let i = (<u32>((load<u64>(p) * 0x9e3779b97f4a7c15) >> 40)) & (h.capacity - 1);
  while (true) {
    const slot = h.slots + ((<usize>i) << 2);
    const at = load<u32>(slot);
    if (!at || sameBytes(h.text.ptr + (<usize>at - 1) * h.width, p, h.width)) return slot;
    i = (i + 1) & (h.capacity - 1);
  }
}

export function hasHash(h: Hashes, p: usize): bool {
  return h.count != 0 && load<u32>(slotOf(h, p)) != 0;
}

export function addHash(h: Hashes, p: usize): void {
  if (h.count * 2 >= h.capacity) grow(h);
  const slot = slotOf(h, p);
  if (load<u32>(slot)) return;
  if (h.count == MOST) {
    h.overflow = 1;
    return;
  }
  store<u32>(slot, ++h.count);
  putBytes(h.text, p, h.width);
}

function grow(h: Hashes): void {
  const before = h.slots;
  const size = (<usize>h.capacity) << 2;
  h.capacity = h.capacity ? h.capacity * 2 : FIRST_SLOTS;
  h.slots = allocBlock((<usize>h.capacity) << 2);
  memory.fill(h.slots, 0, (<usize>h.capacity) << 2);
  if (before) freeBlock(before, size);
  for (let i: u32 = 0; i < h.count; i++) store<u32>(slotOf(h, h.text.ptr + <usize>i * h.width), i + 1);
}
