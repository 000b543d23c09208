// Validating skip of one JSON value (RFC 8259): what is not wanted is still checked.
import { E_COLON, E_DEPTH, E_KEY, E_LIST_END, E_OBJECT_END, E_VALUE, E_NUMBER, fail } from "./failure";
import { afterSpace, skipString } from "./text";

let depthLimit: u32 = 512;
/** What the parser's recursion fits into: a third of the stack that V8 gives by default. */
@inline const DEEPEST: u32 = 1024;
export function setDepthLimit(n: u32): void {
  depthLimit = min(n, DEEPEST);
}
export function getDepthLimit(): u32 {
  return depthLimit;
}

/** Position after the number at p, 0 when it is none. */
export function skipNumber(p: usize): usize {
  if (load<u8>(p) == 45) p++;
  let c: u32 = <u32>load<u8>(p) - 48;
  if (c > 9) return fail(p, E_NUMBER);
  p++;
  if (c == 0) {
    if (<u32>load<u8>(p) - 48 <= 9) return fail(p, E_NUMBER);
  } else while (<u32>load<u8>(p) - 48 <= 9) p++;
  if (load<u8>(p) == 46) {
    p++;
    if (<u32>load<u8>(p) - 48 > 9) return fail(p, E_NUMBER);
    while (<u32>load<u8>(p) - 48 <= 9) p++;
  }
  c = (<u32>load<u8>(p)) | 32;
  if (c == 101) {
    p++;
    c = load<u8>(p);
    if (c == 43 || c == 45) p++;
    if (<u32>load<u8>(p) - 48 > 9) return fail(p, E_NUMBER);
    while (<u32>load<u8>(p) - 48 <= 9) p++;
  }
  return p;
}

/** Position after true, false or null, 0 when it is none of them. */
export function skipLiteral(p: usize): usize {
  const w = load<u32>(p);
  if (w == 0x6c6c756e || w == 0x65757274) return p + 4;
  if (w == 0x736c6166 && load<u8>(p, 4) == 101) return p + 5;
  return fail(p, E_VALUE);
}

/** p at the first byte of a value; returns the position after it, 0 on failure. */
export function skipValue(p: usize, depth: u32): usize {
  const c: u32 = load<u8>(p);
  if (c == 34) return skipString(p + 1);
  if (c == 123) return skipObject(p + 1, depth + 1);
  if (c == 91) return skipList(p + 1, depth + 1);
  if (c - 48 < 10 || c == 45) return skipNumber(p);
  return skipLiteral(p);
}

/** p at the opening quote of a key; returns the position of the value after its colon, 0 on failure. */
export function skipKey(p: usize): usize {
  if (load<u8>(p) != 34) return fail(p, E_KEY);
  p = skipString(p + 1);
  if (!p) return 0;
  p = afterSpace(p);
  if (load<u8>(p) != 58) return fail(p, E_COLON);
  return afterSpace(p + 1);
}

function skipObject(p: usize, depth: u32): usize {
  if (depth > depthLimit) return fail(p, E_DEPTH);
  p = afterSpace(p);
  if (load<u8>(p) == 125) return p + 1;
  while (true) {
    p = skipKey(p);
    if (!p) return 0;
    p = skipValue(p, depth);
    if (!p) return 0;
    p = afterSpace(p);
    const c = load<u8>(p);
    if (c == 125) return p + 1;
    if (c != 44) return fail(p, E_OBJECT_END);
    p = afterSpace(p + 1);
  }
}

function skipList(p: usize, depth: u32): usize {
  if (depth > depthLimit) return fail(p, E_DEPTH);
  p = afterSpace(p);
  if (load<u8>(p) == 93) return p + 1;
  while (true) {
    p = skipValue(p, depth);
    if (!p) return 0;
    p = afterSpace(p);
    const c = load<u8>(p);
    if (c == 93) return p + 1;
    if (c != 44) return fail(p, E_LIST_END);
    p = afterSpace(p + 1);
  }
}
