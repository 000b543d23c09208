import type { Path } from "../binding/contract.ts";
import type { Json } from "../json.ts";
import { parsePath, recordsAt, valuesAt } from "./path.ts";
import type { Node } from "./plan.ts";
import { stringifyRecord } from "./stringify.ts";

/** Where a resource says that its records are. */
export function recordPath(node: Node): Path | undefined {
  const { records } = node.definition.options;
  return records === undefined ? undefined : parsePath(records);
}

/** Values have their records selected here; bytes have them selected in the engine. */
export function selected(node: Node, records: readonly unknown[]): readonly unknown[] {
  const path = recordPath(node);
  return path === undefined ? records : records.flatMap((record) => recordsAt(record as Json, path));
}

/** The first value at `path`, as JSON text. */
export function textAt(document: Json, path: Path): string | null {
  const [value] = valuesAt(document, path);
  return value === undefined ? null : stringifyRecord(value);
}

export async function* encoded(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

/** Whether the first byte that is no white space opens an object. */
export function beginsWithBrace(bytes: Uint8Array | undefined): boolean {
  // Space, tab, line ends and a byte order mark may come before.
  const first = bytes?.find((byte) => ![0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf].includes(byte));
  return first === 0x7b;
}
