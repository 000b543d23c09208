/** JSON text of a value from user code. As `JSON.stringify`, and: bigint as integer digits, Uint8Array as base64,
 *  Map as an object, Set as an array. Undefined fields are left out; NaN and infinities are null. */
export function stringifyRecord(value: unknown): string {
  return isPlain(value, 0) ? (JSON.stringify(value) ?? "null") : write(value, []);
}

/** Whether `JSON.stringify` says it all; a look is much cheaper than writing the text here. */
function isPlain(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return typeof value !== "bigint";
  // Deep or cyclic: the careful road tells which.
  if (depth > 64) return false;
  if (Array.isArray(value)) {
    for (const each of value) if (!isPlain(each, depth + 1)) return false;
    return true;
  }
  if (ArrayBuffer.isView(value) || value instanceof Map || value instanceof Set) return false;
  for (const key in value) if (!isPlain((value as Record<string, unknown>)[key], depth + 1)) return false;
  return true;
}

function write(value: unknown, above: object[]): string {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (above.includes(value)) throw new TypeError("a record refers to itself");
  if (ArrayBuffer.isView(value)) return `"${base64(value)}"`;
  const inside = [...above, value];
  if (Array.isArray(value)) return `[${value.map((each) => write(each, inside)).join(",")}]`;
  if (value instanceof Set) return write([...value], inside);
  if (value instanceof Map) return fields(value.entries(), inside);
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") {
    return write((value as { toJSON(): unknown }).toJSON(), inside);
  }
  return fields(Object.entries(value), inside);
}

function fields(entries: Iterable<[unknown, unknown]>, above: object[]): string {
  const parts: string[] = [];
  for (const [key, each] of entries) {
    if (each === undefined || typeof each === "function" || typeof each === "symbol") continue;
    parts.push(`${JSON.stringify(String(key))}:${write(each, above)}`);
  }
  return `{${parts.join(",")}}`;
}

function base64(view: ArrayBufferView): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  let binary = "";
  for (let at = 0; at < bytes.length; at += 8192)
    binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary);
}
