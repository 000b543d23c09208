import { Place } from "./objects/shape.ts";
import { Text } from "./objects/text.ts";
import { Walk } from "./objects/walk.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** JSON text of a value from user code. As `JSON.stringify`, and: bigint as integer digits, bytes as base64,
 *  Map as an object, Set as an array. Undefined fields are left out; NaN and infinities are null. */
export function stringifyRecord(value: unknown): string {
  const walk = new Walk(new Text(1024, 2 ** 29));
  walk.begin();
  const end = walk.whole(value, new Place("", { places: 0 }), 0);
  return decoder.decode(walk.text.bytes.subarray(0, end));
}
