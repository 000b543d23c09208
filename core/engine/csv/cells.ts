// Cells of comma-separated text (RFC 4180): where they end, what stands in them. Texts to read end with the two bytes
// of {@link closeText}, so that no step needs to look for the end.
import { clearBuffer, newBuffer, reserve } from "../memory/buffer";
import { CR, DELIMITER, LF, QUOTES, VECTORS, vec } from "../scan/constants";
import { E_AFTER_QUOTE, E_UNCLOSED, fail } from "../scan/failure";

export let delimiter: u32 = 44;
/** 256 when there is none: no byte is one. */
export let quote: u32 = 34;
/** End of the text at hand. */
export let textEnd: usize = 0;


@inline export const NO_QUOTE: u32 = 256;

export function setDialect(delimiterByte: u32, quoteByte: u32): void {
  delimiter = delimiterByte;
  quote = quoteByte;
  memory.fill(VECTORS + DELIMITER, <u8>delimiterByte, 16);
  memory.fill(VECTORS + QUOTES, <u8>quoteByte, 16);
}

/** Ends the text at `end`: a line end stops a plain cell, a quote behind it one that is never closed. */
export function closeText(end: usize): void {
  textEnd = end;
  store<u8>(end, 10);
  store<u8>(end, quote, 1);
}

/** Bits of the bytes that end a plain cell. */
@inline
export function cellEnds(v: v128): u32 {
  return i8x16.bitmask(
    v128.or(i8x16.eq(v, vec(DELIMITER)), v128.or(i8x16.eq(v, vec(LF)), i8x16.eq(v, vec(CR)))),
  );
}

/** Position of the byte that ends the plain cell at p. */
export function plainEnd(p: usize): usize {
  while (true) {
    const m = cellEnds(v128.load(p));
    if (m) return p + <usize>ctz(m);
    p += 16;
  }
}

// What readCell has found: the cell's text, unquoted.
export let cellText: usize = 0;
export let cellLength: usize = 0;
export let cellQuoted: bool = false;

const unquoted = newBuffer();

/** Reads the cell at p. Returns the position of the byte behind it, 0 on failure. */
export function readCell(p: usize): usize {
  cellQuoted = <u32>load<u8>(p) == quote;
  if (cellQuoted) return readQuoted(p);
  const end = plainEnd(p);
  cellText = p;
  cellLength = end - p;
  return end;
}

function readQuoted(start: usize): usize {
  let p = start + 1;
  let doubled = 0;
  while (true) {
    const m = <u32>i8x16.bitmask(i8x16.eq(v128.load(p), vec(QUOTES)));
    if (!m) {
      p += 16;
      continue;
    }
    p += <usize>ctz(m);
    if (p > textEnd) return fail(start, E_UNCLOSED);
    if (<u32>load<u8>(p, 1) != quote) break;
    // Behind the text's end there is a quote that is none.
    if (p + 1 > textEnd) break;
    doubled++;
    p += 2;
  }
  cellText = start + 1;
  cellLength = p - cellText;
  p++;
  const after: u32 = load<u8>(p);
  if (after != delimiter && after != 10 && after != 13) return fail(p, E_AFTER_QUOTE);
  if (doubled) undouble();
  return p;
}

function undouble(): void {
  clearBuffer(unquoted);
  const from = reserve(unquoted, cellLength + 128);
  let d = from;
  const end = cellText + cellLength;
  for (let p = cellText; p < end; p++) {
    const c: u32 = load<u8>(p);
    store<u8>(d++, c);
    if (c == quote) p++;
  }
  memory.fill(d, 0, 64);
  cellText = from;
  cellLength = d - from;
}

/** Position after the record's end at p (a line end); behind {@link textEnd} where the text ends before it is sure. */
@inline
export function afterRecord(p: usize): usize {
  return <u32>load<u8>(p) == 13 && <u32>load<u8>(p, 1) == 10 ? p + 2 : p + 1;
}


@inline const START: u32 = 0;


@inline const PLAIN: u32 = 1;


@inline const QUOTED: u32 = 2;


@inline const CLOSED: u32 = 3;

/** Where in a record {@link skipRecord} stopped; 0 before one. */
export let skipped: u32 = START;
export function setSkipped(state: u32): void {
  skipped = state;
}

/** Position after the end of the record that begins, or goes on, at p, whatever is wrong with it; the position after
 *  `end` when it does not end before, or a line feed may follow. */
export function skipRecord(p: usize, end: usize): usize {
  while (p < end) {
    const c: u32 = load<u8>(p++);
    if (skipped == QUOTED) {
      if (c == quote) skipped = CLOSED;
    } else if (c == quote && skipped != PLAIN) skipped = QUOTED;
    else if (c == 10 || c == 13) {
      if (c == 13 && p == end) break;
      skipped = START;
      return p;
    } else skipped = c == delimiter ? START : PLAIN;
  }
  return end + 1;
}

/** Line ends (LF, CR, CR LF) from p to end. */
export function countLines(p: usize, end: usize): u64 {
  let n: u64 = 0;
  for (; p + 16 <= end; p += 16) {
    const v = v128.load(p);
    const lf = i8x16.eq(v, vec(LF));
    const cr = i8x16.eq(v, vec(CR));
    n += popcnt(<u32>i8x16.bitmask(lf));
    if (v128.any_true(cr))
      n += popcnt(<u32>i8x16.bitmask(v128.andnot(cr, i8x16.eq(v128.load(p, 1), vec(LF)))));
  }
  for (; p < end; p++) {
    const c: u32 = load<u8>(p);
    if (c == 10 || (c == 13 && <u32>load<u8>(p, 1) != 10)) n++;
  }
  return n;
}
