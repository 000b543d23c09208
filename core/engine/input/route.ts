// The text of a routing value: strings decoded, other scalars as they stand.
import { clearBuffer, newBuffer, reserve } from "../memory/buffer";
import { decodeString } from "../scan/text";

export let routeText: usize = 0;
export let routeLength: u32 = 0;

const text = newBuffer();

/** False when the value names no table: null, an empty string, an object, a list. */
export function normalizeValue(p: usize, end: usize): bool {
  const c: u32 = load<u8>(p);
  if (c == 123 || c == 91 || c == 110) return false;
  clearBuffer(text);
  routeText = reserve(text, end - p + 64);
  if (c == 34) routeLength = <u32>(decodeString(p + 1, routeText) - routeText);
  else {
    routeLength = <u32>(end - p);
    memory.copy(routeText, p, routeLength);
  }
  return routeLength != 0;
}
