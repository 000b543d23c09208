// What happens around records, whatever the format: counting, limits, batches, rejects.
import { batchBytes, quarantine } from "../config/config";
import { cutBatches, cutWide } from "../arrow/batches";
import { noteRecord } from "../cursor/weigh";
import { hasMask } from "../config/hints";
import { pendingDiscards, settleDiscards } from "../contract/discards";
import { clearRowLog } from "../contract/drop-row";
import { E_CONTRACT, failure } from "../scan/failure";
import { setFault } from "./fault";
import { FORMAT_CSV, Input } from "./input";
import { captureRecord } from "./record";
import { reject } from "./rejects";
import { isNull } from "../layout/field";

let sinceCut: u64 = 0;
/** Records, to look at the tables' width now and then. */
let sinceLook: u32 = 0;

/** The record at p, n bytes, is in. False when the input has all it may take. */
export function recordDone(input: Input, p: usize, n: usize): bool {
  if (!isNull(input.options.cursor) && !noteRecord(input, p, input.format == FORMAT_CSV)) return true;
  input.records++;
  if (pendingDiscards()) settleDiscards();
  clearRowLog();
  if (!isNull(input.options.recordCaptures)) captureRecord(input, p);
  sinceCut += n;
  if (sinceCut >= batchBytes) {
    sinceCut = 0;
    cutBatches(false);
  } else if ((++sinceLook & 63) == 0) cutWide();
  if (input.options.limit != 0 && input.records >= input.options.limit) {
    input.limitReached = 1;
    input.done = 1;
    return false;
  }
  return true;
}

/** The record at `start` has failed; its offset and lines are the input's. True when it was set aside. */
export function recordFailed(input: Input, start: usize, base: u64, lines: u64, end: usize): bool {
  const t = input.table;
  setFault(
    t.name,
    t.nameLength,
    input.records + input.left + input.rejected + 1,
    start,
    base,
    lines,
    end,
    hasMask(t.hint),
  );
  if (!quarantine || failure == 0 || failure == E_CONTRACT) return false;
  input.rejected++;
  reject(t);
  return true;
}
