import { FlatTable } from "./flatbuffer.ts";

/** One encapsulated message of an Arrow IPC stream
 *  (https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format). */
export interface IpcMessage {
  kind: "schema" | "dictionary" | "batch" | "other";
  header: FlatTable;
  body: Uint8Array;
}

const KINDS: Record<number, IpcMessage["kind"]> = { 1: "schema", 2: "dictionary", 3: "batch" };
const CONTINUATION = 0xffffffff;

/** The messages of a stream, in order. `ended` tells whether the end-of-stream marker was there, and last. */
export function readMessages(stream: Uint8Array): { messages: IpcMessage[]; ended: boolean } {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  const messages: IpcMessage[] = [];
  let at = 0;
  while (at + 8 <= stream.length) {
    if (view.getUint32(at, true) !== CONTINUATION) throw new Error("not an Arrow IPC stream");
    const length = view.getUint32(at + 4, true);
    at += 8;
    if (length === 0) return { messages, ended: at === stream.length };
    const message = FlatTable.root(stream.subarray(at, at + length));
    const bodyLength = Number(message.int64(3));
    const header = message.table(2);
    if (!header || at + length + bodyLength > stream.length) throw new Error("Arrow IPC stream is cut short");
    messages.push({
      kind: KINDS[message.byte(1)] ?? "other",
      header,
      body: stream.subarray(at + length, at + length + bodyLength),
    });
    at += length + bodyLength;
  }
  return { messages, ended: false };
}
