import { readStream } from "./native-batch.ts";
import { columnFill } from "./native-column-fill.ts";
import type { NativeAppender, NativeBindings } from "./native-library.ts";

/** Appends an Arrow IPC stream to a table by the columns' position. Rows of its batches are gathered column by column
 *  in one data chunk that is used over and over, full whenever there are enough: DuckDB takes its time per chunk and
 *  column. */
export function insertStream(bindings: NativeBindings, appender: NativeAppender, stream: Uint8Array): void {
  const { types, batches } = readStream(stream);
  const columns = bindings.appender_column_count(appender);
  if (types.length !== columns) throw new Error(`${types.length} columns for a table of ${columns}`);
  const targets = types.map((_, column) => bindings.appender_column_type(appender, column));
  const chunk = bindings.create_data_chunk(targets);
  const size = bindings.vector_size();
  let buffer = 0;
  const fills = types.map((type, column) => {
    // A chunk has the same vectors all its life.
    const vector = bindings.data_chunk_get_vector(chunk, column);
    const fill = columnFill(bindings, { vector, size, type, target: targets[column]!, column, buffer });
    buffer += fill.buffers;
    return fill;
  });
  let held = 0;
  const append = () => {
    for (const fill of fills) fill.finish(held);
    bindings.data_chunk_set_size(chunk, held);
    bindings.append_data_chunk(appender, chunk);
    bindings.data_chunk_reset(chunk);
    held = 0;
  };
  for (const batch of batches) {
    for (let from = 0; from < batch.rows;) {
      const rows = Math.min(size - held, batch.rows - from);
      for (const fill of fills) fill.take(batch, from, held, rows);
      from += rows;
      held += rows;
      if (held === size) append();
    }
  }
  if (held > 0) append();
}
