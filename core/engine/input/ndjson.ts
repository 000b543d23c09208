// Newline-delimited JSON: a record a line, RFC 8259 inside it. Blank lines and a carriage return before the newline are
// the only liberties.
import { LF, vec } from "../scan/constants";
import { E_TRAILING, clearFailure, fail } from "../scan/failure";
import { rollbackRecord } from "../columns/rollback";
import { firstInvalid } from "../scan/utf8";
import { setNewlineIsSpace, skipSpace } from "../scan/text";
import { Input } from "./input";
import { recordDone, recordFailed } from "./progress";
import { invalidAt, parseRecord, setInvalidAt } from "./record";

/** Position after the last newline of the text, 0 when it has none. */
export function lastLineEnd(p: usize, end: usize): usize {
  for (; end - p >= 16; end -= 16) {
    const m = <u32>i8x16.bitmask(i8x16.eq(v128.load(end - 16), vec(LF)));
    if (m) return end + 16 - <usize>clz(m);
  }
  while (end > p) {
    if (load<u8>(end - 1) == 10) return end;
    end--;
  }
  return 0;
}

/** Reads the complete lines from p to end (after a newline). Returns end; less when the input is done; 0 on failure. */
export function readLines(input: Input, p: usize, end: usize): usize {
  setNewlineIsSpace(false);
  const start = p;
  const base = input.offset;
  let lines = input.lines;
  while (p < end) {
    const c: u32 = load<u8>(p);
    if (c == 10) {
      lines++;
      p++;
      continue;
    }
    if (c == 32 || c == 13 || c == 9) {
      p++;
      continue;
    }
    let q = parseRecord(input, p, base + (p - start));
    if (q) {
      const after = load<u8>(q) == 10 ? q : skipSpace(q);
      if (load<u8>(after) != 10) {
        rollbackRecord();
        clearFailure();
        q = fail(after, E_TRAILING);
      }
    }
    if (q) {
      if (!recordDone(input, p, q - p)) return q;
      p = q;
      continue;
    }
    const lineEnd = nextLine(p, end);
    if (!recordFailed(input, p, base + (p - start), lines, lineEnd)) return 0;
    p = lineEnd;
    lines++;
    if (invalidAt && invalidAt < p) {
      const n = end - p;
      const bad = firstInvalid(p, n);
      setInvalidAt(bad < n ? p + bad : 0);
    }
  }
  input.lines = lines;
  return end;
}

/** Position after the next newline. */
function nextLine(p: usize, end: usize): usize {
  while (p < end && load<u8>(p) != 10) p++;
  return p < end ? p + 1 : end;
}
