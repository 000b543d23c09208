// What `end` returns of an input, as JSON (InputSummary in core/binding/contract.ts).
import { isNull } from "../layout/field";
import { Buffer, clearBuffer, putByte, putBytes, putNumber, putText } from "../memory/buffer";
import { putJsonString } from "../parse/json-text";
import { Input } from "../input/input";

export function writeSummary(out: Buffer, input: Input): void {
  clearBuffer(out);
  putText(out, '{"records":');
  putNumber(out, input.records);
  putText(out, ',"bytes":');
  putNumber(out, input.offset);
  putText(out, ',"rejected":');
  putNumber(out, input.rejected);
  putText(out, ',"matched":');
  putText(out, input.matched || input.records ? "true" : "false");
  putText(out, ',"limitReached":');
  putText(out, input.limitReached ? "true" : "false");
  if (!isNull(input.options.cursor)) writeCursor(out, input);
  putText(out, ',"document":[');
  const count: u32 = isNull(input.options.captures) ? 0 : input.options.captures.count;
  for (let i: u32 = 0; i < count; i++) {
    if (i) putByte(out, 44);
    const at = input.captured + ((<usize>i) << 3);
    if (load<usize>(at)) putJsonString(out, load<usize>(at), load<u32>(at, 4));
    else putText(out, "null");
  }
  putText(out, '],"record":[');
  putBytes(out, input.recordValues.ptr, input.recordValues.len);
  putText(out, "]}");
}

function writeCursor(out: Buffer, input: Input): void {
  putText(out, ',"cursor":{"left":');
  putNumber(out, input.left);
  if (input.pastStart) putText(out, ',"pastStart":true');
  if (input.pastEnd) putText(out, ',"pastEnd":true');
  if (input.advanced) putText(out, ',"advanced":true');
  putByte(out, 125);
}
