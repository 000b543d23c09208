/** Magic that Arrow's file format begins and ends with. */
const MAGIC = "ARROW1";

/** A result of duckdb-wasm as an Arrow IPC stream. It comes in Arrow's file format, of which the stream is a part: magic
 *  and padding of 8 bytes before it; footer, its length in 4 bytes and the magic after it
 *  (https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format). */
export function resultStream(result: Uint8Array): Uint8Array {
  if (!endsWithMagic(result)) return result;
  const footer = new DataView(result.buffer, result.byteOffset).getUint32(result.length - 10, true);
  return result.subarray(8, result.length - 10 - footer);
}

function endsWithMagic(bytes: Uint8Array): boolean {
  const at = bytes.length - MAGIC.length;
  return at > 0 && [...MAGIC].every((character, index) => bytes[at + index] === character.charCodeAt(0));
}
