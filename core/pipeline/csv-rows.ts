import type { InputSummary, RunEngine } from "../binding/contract.ts";
import type { Json } from "../json.ts";
import { parseLossless } from "../lossless-json.ts";
import type { Reading } from "./format.ts";

/** Reads comma-separated text as objects, for `map`: keys as the header spells them, values by the columns' types.
 *  The engine reads it, into a table that is not loaded. All objects are in memory at once.
 *  @throws RunletError SOURCE_NOT_CSV */
export async function csvRows(
  engine: RunEngine,
  table: string,
  reading: Reading,
  bytes: AsyncIterable<Uint8Array>,
  drain: () => Promise<void> | undefined,
): Promise<Json[]> {
  const id = await engine.input(table, 0, { ...reading, capture: { record: [[]] } });
  let summary: InputSummary;
  try {
    for await (const chunk of bytes) {
      await engine.push(id, chunk);
      await drain();
    }
    summary = await engine.end(id);
  } catch (error) {
    engine.abort(id);
    throw error;
  }
  await drain();
  return summary.record.map(([text]) => parseLossless(text!));
}
