// JSON given by argument: checked, and spliced into what the engine is told.
import { member } from "../core/engine/config/reader";
import { allocBlock } from "../core/engine/memory/arena";
import { Buffer, putByte, putBytes, putText } from "../core/engine/memory/buffer";
import { clearFailure } from "../core/engine/scan/failure";
import { skipValue } from "../core/engine/scan/skip";
import { skipSpace } from "../core/engine/scan/text";
import { failOption, value, valueLength } from "./arguments";

/** The option's value, checked to be a JSON object or list (as `open`, its first byte): zeros behind it. */
export function jsonValue(open: u32): usize {
  const text = allocBlock(valueLength + 128);
  memory.copy(text, value, valueLength);
  memory.fill(text + valueLength, 0, 128);
  const start = skipSpace(text);
  clearFailure();
  const end = load<u8>(start) == open ? skipValue(start, 0) : 0;
  if (!end || skipSpace(end) != text + valueLength)
    failOption(open == 123 ? "is a JSON object" : "is a JSON list");
  return start;
}

/** Whether the object at p (0: none) has the member. */
export function has(p: usize, name: string): bool {
  return p != 0 && member(p, name) != 0;
}

/** Writes what is between the brackets of the object or list at p (0: none) as further members. */
export function putInside(out: Buffer, p: usize): void {
  if (!p) return;
  const inside = skipSpace(p + 1);
  const end = skipValue(p, 0) - 1;
  if (inside >= end) return;
  comma(out);
  putBytes(out, inside, end - inside);
}

/** Begins a member: `"name":`. */
export function putName(out: Buffer, name: string): void {
  comma(out);
  putByte(out, 34);
  putText(out, name);
  putText(out, '":');
}

/** A comma, unless a bracket has just been opened. */
export function comma(out: Buffer): void {
  const last: u32 = load<u8>(out.ptr + out.len - 1);
  if (last != 123 && last != 91) putByte(out, 44);
}
