import type { EngineConfig, InputOptions } from "../../core/binding/contract.ts";
import { readRecords } from "../reference/records.ts";
import type { Format } from "../reference/records.ts";
import { Reference } from "../reference/shred.ts";
import { compare } from "./compare.ts";
import type { Compared } from "./compare.ts";
import { normalise } from "./engine.ts";
import { split } from "./split.ts";

export interface ParityOptions {
  table?: string;
  format?: Format;
  onTypeConflict?: "widen" | "variant";
  maxTableNesting?: number;
  maxIdentifierLength?: number;
  /** Sizes of the chunks, used in turn; absent: one chunk. */
  chunks?: readonly number[];
}

/** The same bytes through the engine and through the reference. Batches are cut late, so that widening may happen. */
export function parity(bytes: Uint8Array, options: ParityOptions = {}): Compared {
  const {
    table = "t",
    format = "auto",
    onTypeConflict = "widen",
    maxTableNesting,
    maxIdentifierLength,
  } = options;
  const { records, refusals } = readRecords(bytes, format);
  if (refusals.length > 0)
    throw new Error(`the reference refuses this input: ${JSON.stringify(refusals[0])}`);
  const shared = {
    onTypeConflict,
    ...(maxTableNesting === undefined ? {} : { maxTableNesting }),
    ...(maxIdentifierLength === undefined ? {} : { maxIdentifierLength }),
  };
  const reference = new Reference(shared);
  for (const record of records) reference.record(table, record);
  const config: Partial<EngineConfig> = { ...shared, batchBytes: 1 << 30 };
  const inputOptions: InputOptions = { format };
  return compare(
    normalise([{ table, options: inputOptions, chunks: split(bytes, options.chunks) }], config),
    reference,
  );
}
