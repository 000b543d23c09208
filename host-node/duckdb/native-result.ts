import { batchMessage, joinStream, schemaMessage } from "../../core/arrow/ipc-writer.ts";
import { columnOf } from "./native-column.ts";
import type { NativeBindings, NativeResult } from "./native-library.ts";

/** A result as one complete Arrow IPC stream, a record batch for each of its data chunks. */
export async function resultStream(bindings: NativeBindings, result: NativeResult): Promise<Uint8Array> {
  const columns = Array.from({ length: bindings.column_count(result) }, (_, index) =>
    columnOf(bindings, bindings.column_logical_type(result, index), bindings.column_name(result, index)),
  );
  const messages = [schemaMessage(columns.map(({ field }) => field))];
  for (;;) {
    const chunk = await bindings.fetch_chunk(result);
    const rows = chunk ? bindings.data_chunk_get_size(chunk) : 0;
    if (!chunk || rows === 0) return joinStream(messages);
    const batch = { rows, nodes: [], buffers: [] };
    columns.forEach(({ take }, index) =>
      take(bindings.data_chunk_get_vector(chunk, index), rows, undefined, batch),
    );
    messages.push(batchMessage(batch));
  }
}
