// Memory of columns: validity bits, values, offsets. Capacities follow the table's rows.
import { allocBlock, freeBlock, MAX_BLOCK, outOfMemory } from "../memory/arena";
import { cold, Field, SLACK } from "../layout/field";
import { isVariable, K_BOOL, widthOf } from "../layout/kinds";


@inline
export function bitBytes(rows: u32): usize {
  return (((<usize>rows) >>> 3) + 16 + 63) & ~63;
}


@inline
function offsetBytes(rows: u32): usize {
  return (<usize>rows + 1) * 4 + SLACK;
}

function zeroed(n: usize): usize {
  const p = allocBlock(n);
  memory.fill(p, 0, n);
  return p;
}

/** Gives the empty column c memory for `rows` rows. */
export function allocColumn(c: Field, rows: u32): void {
  const k = cold(c);
  const kind: u32 = c.kind;
  k.valid = zeroed(bitBytes(rows));
  if (isVariable(kind)) {
    c.offsets = allocBlock(offsetBytes(rows));
    store<u32>(c.offsets, 0);
    k.dataCapacity = 512;
    c.data = allocBlock(512);
    c.dataPos = c.data;
    c.dataEnd = c.data + 512 - SLACK;
  } else if (kind == K_BOOL) c.data = zeroed(bitBytes(rows));
  else c.data = allocBlock(<usize>rows * widthOf(kind) + SLACK);
  k.rowCapacity = rows;
}

export function freeColumn(c: Field): void {
  const k = cold(c);
  const kind: u32 = c.kind;
  const rows = k.rowCapacity;
  freeBlock(k.valid, bitBytes(rows));
  if (isVariable(kind)) {
    freeBlock(c.offsets, offsetBytes(rows));
    freeBlock(c.data, k.dataCapacity);
  } else freeBlock(c.data, kind == K_BOOL ? bitBytes(rows) : <usize>rows * widthOf(kind) + SLACK);
  k.valid = 0;
  c.data = 0;
  c.dataPos = 0;
  c.offsets = 0;
}

function moved(old: usize, oldBytes: usize, used: usize, bytes: usize): usize {
  const p = allocBlock(bytes);
  memory.copy(p, old, used);
  freeBlock(old, oldBytes);
  return p;
}

function movedBits(old: usize, oldRows: u32, rows: u32): usize {
  const p = zeroed(bitBytes(rows));
  memory.copy(p, old, bitBytes(oldRows));
  freeBlock(old, bitBytes(oldRows));
  return p;
}

export function growColumn(c: Field, rows: u32): void {
  const k = cold(c);
  if (!k.valid) {
    allocColumn(c, rows);
    return;
  }
  const kind: u32 = c.kind;
  const before = k.rowCapacity;
  k.valid = movedBits(k.valid, before, rows);
  if (isVariable(kind)) {
    c.offsets = moved(c.offsets, offsetBytes(before), (<usize>c.len + 1) * 4, offsetBytes(rows));
  } else if (kind == K_BOOL) c.data = movedBits(c.data, before, rows);
  else {
    const width = <usize>widthOf(kind);
    c.data = moved(c.data, before * width + SLACK, <usize>c.len * width, rows * width + SLACK);
  }
  k.rowCapacity = rows;
}

/** Makes room for `need` more bytes of values in a variable-width column. */
export function growValues(c: Field, need: usize): void {
  const k = cold(c);
  const used = c.dataPos - c.data;
  if (need > MAX_BLOCK - SLACK * 2 || used > MAX_BLOCK - SLACK * 2 - need) outOfMemory();
  let capacity: usize = k.dataCapacity;
  do capacity <<= 1;
  while (capacity < used + need + SLACK * 2);
  c.data = moved(c.data, k.dataCapacity, used, capacity);
  k.dataCapacity = <u32>capacity;
  c.dataPos = c.data + used;
  c.dataEnd = c.data + capacity - SLACK;
}
