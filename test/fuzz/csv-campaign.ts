// Comma-separated text, whole and broken: it never traps, and any split of it gives the same.
import { openEngine } from "../../core/binding/engine.ts";
import type { CsvOptions, EngineConfig } from "../../core/binding/contract.ts";
import { RunletError } from "../../core/errors.ts";
import { split } from "../engine/split.ts";
import type { Dice } from "./dice.ts";
import { mutate, type Seeds } from "./mutate.ts";

/** One text to try; plain data, so that it can be saved and run again. */
export interface CsvCase {
  data: Uint8Array;
  csv: CsvOptions;
  chunks: number[];
  config: Partial<EngineConfig>;
}

const PIECES = [
  ..."abc,,,,;;\t|\n\n\r\"\"''".split(""),
  "\r\n",
  '""',
  ',"',
  '",',
  '"\n"',
  "1",
  "-2.50",
  "007",
  "12345678901234567890",
  "1e999",
  "true",
  "FALSE",
  "2024-02-29T10:00:00Z",
  "2024-02-29 10:00:00.123456+02:00",
  "_dlt_id",
  "naïve 🚀",
  "\0",
  "x".repeat(60),
  "\ufeff",
];

function text(dice: Dice, seeds: Seeds): Uint8Array {
  if (dice.chance(0.1)) return mutate(dice, seeds);
  const part = Array.from({ length: 1 + dice.below(120) }, () => dice.of(PIECES)).join("");
  // Now and then more than the sample.
  const long = dice.chance(0.03);
  const body = long ? `${part}\n`.repeat(Math.ceil(1_100_000 / (part.length + 1))) : part;
  const data = new TextEncoder().encode(
    (dice.chance(0.7) ? "a,b,c\n" : "") + body + (long ? part.slice(1) : ""),
  );
  if (dice.chance(0.1)) data[dice.below(data.length)] = dice.below(256);
  return data;
}

export function nextCsvCase(dice: Dice, seeds: Seeds): CsvCase {
  const data = text(dice, seeds);
  const csv: CsvOptions = {
    ...(dice.chance(0.5) ? { delimiter: dice.of([",", ";", "\t", "|"]) } : {}),
    ...(dice.chance(0.3) ? { quote: dice.of(['"', "'", ""]) } : {}),
    ...(dice.chance(0.2) ? { header: dice.chance(0.5) } : {}),
    ...(dice.chance(0.1) ? { columns: ["x", "x", "y"] } : {}),
    ...(dice.chance(0.1) ? { skipRows: dice.below(4) } : {}),
    ...(dice.chance(0.1) ? { types: false } : {}),
  };
  const large = data.length > 100_000;
  const chunks = Array.from(
    { length: 1 + dice.below(5) },
    () => 1 + dice.below(large ? dice.of([70_000, 600_000]) : dice.of([4, 70, 5000])),
  );
  const config: Partial<EngineConfig> = {
    onBadRecord: dice.of(["error", "quarantine", "quarantine"]),
    batchBytes: dice.of([1 << 30, 100, 5000]),
    limits: { recordBytes: dice.of([1 << 26, 50]), columns: dice.of([10_000, 5]) },
  };
  return { data, csv, chunks, config };
}

/** Everything the engine gave, or what it refused, as text. */
function outcome(module: WebAssembly.Module, test: CsvCase, chunks: readonly number[]): string {
  const engine = openEngine(module, { loadId: "1", seed: "1", ...test.config });
  const batches: string[] = [];
  const sink = ({ table, rows, message }: { table: string; rows: number; message: Uint8Array }) =>
    batches.push(`${table} ${rows} ${digest(message)}`);
  try {
    const id = engine.input("t", 0, { format: "csv", csv: test.csv });
    for (const chunk of split(test.data, chunks)) {
      engine.push(id, chunk);
      while (engine.takeInto(sink));
    }
    const summary = engine.end(id);
    while (engine.takeInto(sink, true));
    return JSON.stringify([batches, summary, engine.schema()]);
  } catch (error) {
    if (!(error instanceof RunletError) || error.code === "DEFECT") throw error;
    return JSON.stringify(error);
  }
}

/** FNV-1a. */
function digest(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** What is wrong with the engine's answer, undefined when nothing is. */
export function csvProblem(module: WebAssembly.Module, test: CsvCase): string | undefined {
  const whole = outcome(module, test, [test.data.length]);
  const parts = outcome(module, test, test.chunks);
  return whole === parts ? undefined : `whole ${whole.slice(0, 2000)}\nin parts ${parts.slice(0, 2000)}`;
}
