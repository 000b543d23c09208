// Paths into a document or a record: object keys, and "every element" of a list.
import { allocBlock, allocStruct, freeBlock } from "../memory/arena";
import { sameBytes } from "../memory/bytes";
import { isNull, nil } from "../layout/field";
import { firstIn, nextAfter, readString, textLength, textPtr } from "../config/reader";
import { skipKey, skipValue } from "../scan/skip";
import { E_COLON, fail } from "../scan/failure";
import { decodeString, afterSpace, plainEnd, skipString, specialBytes } from "../scan/text";


@unmanaged
export class Steps {
  count: u32;
  /** Pointer and length per step; a null pointer stands for every element of a list. */
  items: usize;
}


@unmanaged
export class Paths {
  count: u32;
  items: usize;
}

export function readPath(p: usize): Steps {
  if (!firstIn(p)) return nil<Steps>();
  const steps = changetype<Steps>(allocStruct(offsetof<Steps>()));
  let at = firstIn(p);
  while (at) {
    steps.count++;
    at = nextAfter(at);
  }
  steps.items = allocStruct(<usize>steps.count * 8);
  let item = steps.items;
  at = firstIn(p);
  while (at) {
    if (load<u8>(at) == 34) {
      readString(at);
      store<usize>(item, textPtr);
      store<u32>(item, textLength, 4);
    }
    item += 8;
    at = nextAfter(at);
  }
  return steps;
}

export function readPaths(p: usize): Paths {
  if (!firstIn(p)) return nil<Paths>();
  const paths = changetype<Paths>(allocStruct(offsetof<Paths>()));
  let at = firstIn(p);
  while (at) {
    paths.count++;
    at = nextAfter(at);
  }
  paths.items = allocStruct(<usize>paths.count * 4);
  let item = paths.items;
  at = firstIn(p);
  while (at) {
    store<Steps>(item, readPath(at));
    item += 4;
    at = nextAfter(at);
  }
  return paths;
}


@inline
export function pathAt(paths: Paths, i: u32): Steps {
  return load<Steps>(paths.items + ((<usize>i) << 2));
}

/** Whether step i of the path is the key whose string starts at p (after the quote); `*` steps are no keys. */
export function isStep(steps: Steps, i: u32, p: usize): bool {
  if (isNull(steps) || i >= steps.count) return false;
  const at = steps.items + ((<usize>i) << 3);
  const text = load<usize>(at);
  const n = load<u32>(at, 4);
  if (!text) return false;
  const end = plainEnd(p);
  if (load<u8>(end) == 34) return end - p == n && sameBytes(text, p, n);
  const raw = skipString(end) - 1 - p;
  const d = allocBlock(raw + 64);
  const length = decodeString(p, d) - d;
  const same = length == n && sameBytes(text, d, n);
  freeBlock(d, raw + 64);
  return same;
}

export function isEveryElement(steps: Steps, i: u32): bool {
  return !isNull(steps) && i < steps.count && load<usize>(steps.items + ((<usize>i) << 3)) == 0;
}

/** Position after the object at `passedFrom`, when {@link findValue} was given that last and has gone through all of it;
 *  else 0. */
export let passed: usize = 0;
export let passedFrom: usize = 0;

/** Position after the value {@link findValue} found. */
export let foundEnd: usize = 0;

/** The value a path leads to in the valid JSON value at p (an empty path to itself), 0 when there is none. Of equal keys the last counts, of
 *  a list's elements the first. */
export function findValue(p: usize, steps: Steps): usize {
  return findFrom(p, steps, 0);
}

/** The value that the steps of the path from `step` on lead to. */
export function findFrom(p: usize, steps: Steps, step: u32): usize {
  const count: u32 = isNull(steps) ? 0 : steps.count;
  passedFrom = step ? 0 : p;
  passed = 0;
  while (step < count) {
    const every = isEveryElement(steps, step);
    const c: u32 = load<u8>(p);
    if (every) {
      if (c != 91) return 0;
      p = afterSpace(p + 1);
      if (load<u8>(p) == 93) return 0;
    } else {
      if (c != 123) return 0;
      p = memberAt(p, steps, step);
      if (!p) return 0;
    }
    step++;
  }
  foundEnd = skipValue(p, 0);
  return p;
}

function memberAt(p: usize, steps: Steps, step: u32): usize {
  const text = load<usize>(steps.items + ((<usize>step) << 3));
  const n = load<u32>(steps.items + ((<usize>step) << 3), 4);
  let found: usize = 0;
  p = afterSpace(p + 1);
  if (load<u8>(p) == 125) return 0;
  while (true) {
    const key = p + 1;
    const m = specialBytes(v128.load(key));
    const raw = <usize>ctz(m);
    let isKey: bool;
    if (m && load<u8>(p) == 34 && load<u8>(key + raw) == 34) {
      // A short key without escapes.
      p = key + raw + 1;
      if (load<u8>(p) != 58) p = afterSpace(p);
      if (load<u8>(p) != 58) return fail(p, E_COLON);
      p = afterSpace(p + 1);
      isKey = raw == n && sameBytes(text, key, n);
    } else {
      p = skipKey(p);
      if (!p) return 0;
      isKey = isStep(steps, step, key);
    }
    if (isKey) found = p;
    p = skipValue(p, step + 1);
    if (!p) return 0;
    p = afterSpace(p);
    if (load<u8>(p) != 44) {
      if (!step && load<u8>(p) == 125) passed = p + 1;
      return found;
    }
    p = afterSpace(p + 1);
  }
}
