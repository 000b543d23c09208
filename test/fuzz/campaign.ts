import { RunletError } from "../../core/errors.ts";
import { openEngine } from "../../core/binding/engine.ts";
import type { EngineConfig, EngineSchema, InputOptions } from "../../core/binding/contract.ts";
import { compare } from "../engine/compare.ts";
import { Collector } from "../engine/collect.ts";
import type { EngineOutput } from "../engine/collect.ts";
import { split } from "../engine/split.ts";
import { readRecords } from "../reference/records.ts";
import type { Format, Records } from "../reference/records.ts";
import { Reference } from "../reference/shred.ts";
import { Dice } from "./dice.ts";
import { mutate } from "./mutate.ts";
import type { Seeds } from "./mutate.ts";

/** One thing to try; plain data, so that it can be saved and run again. */
export interface FuzzCase {
  data: Uint8Array;
  format: Format;
  chunks: number[];
  config: Partial<EngineConfig>;
  /** Whether the cells are compared with the reference, too. */
  cells: boolean;
}

export function nextCase(dice: Dice, seeds: Seeds): FuzzCase {
  const format = dice.of<Format>(["ndjson", "ndjson", "json", "auto"]);
  const data = mutate(dice, seeds);
  const chunks = Array.from(
    { length: 1 + dice.below(5) },
    () => 1 + dice.below(dice.of([4, 70, 5000, 100_000])),
  );
  const config: Partial<EngineConfig> = {
    limits: { depth: dice.of([200, 200, 200, 20, 6, 3]) },
    onTypeConflict: dice.of(["widen", "variant"]),
    onBadRecord: format === "ndjson" ? dice.of(["error", "quarantine"]) : "error",
    maxTableNesting: dice.of([1000, 1000, 1000, 0, 1, 2, 3]),
    maxIdentifierLength: dice.of([65536, 65536, 63, 20]),
    batchBytes: dice.of([1 << 30, 100, 1000, 5000]),
    rootKey: dice.chance(0.2),
  };
  return { data, format, chunks, config, cells: data.length < 200_000 };
}

/** Runs a case; returns what is wrong with the engine's answer, undefined when nothing is. */
export function problem(module: WebAssembly.Module, test: FuzzCase): string | undefined {
  const expected = readRecords(test.data, test.format, test.config.limits?.depth);
  const quarantine = test.config.onBadRecord === "quarantine";
  const engine = openEngine(module, { loadId: "1", seed: "1", ...test.config });
  const collected = new Collector(engine);
  const options: InputOptions = { format: test.format };
  let completed = 0;
  let refusal: RunletError | undefined;
  const summaries = [];
  const input = engine.input("t", 0, options);
  try {
    for (const chunk of split(test.data, test.chunks)) {
      completed += engine.push(input, chunk);
      collected.take(false);
    }
    summaries.push(engine.end(input));
  } catch (error) {
    if (!(error instanceof RunletError)) return `threw ${String(error)}`;
    if (error.code === "DEFECT")
      return `trapped: ${error.message} ${(error.cause as Error | undefined)?.stack}`;
    refusal = error;
  }
  const first = expected.refusals[0];
  if (refusal && (!first || quarantine)) return `refused ${refusal}, which the reference accepts`;
  if (!refusal && first && !quarantine)
    return `accepted what the reference refuses: ${JSON.stringify(first)}`;
  if (refusal && first) return wrongRefusal(refusal, expected, test.format);
  const summary = summaries[0]!;
  if (summary.records !== expected.records.length || summary.rejected !== expected.refusals.length) {
    return `${summary.records} records and ${summary.rejected} rejects, not ${expected.records.length} and ${expected.refusals.length}`;
  }
  if (summary.bytes !== test.data.length) return `${summary.bytes} bytes of ${test.data.length}`;
  if (completed > summary.records) return `push told ${completed} records, end ${summary.records}`;
  const output = collected.finish(summaries);
  engine.close();
  if (!test.cells) return countProblem(output.schema, expected);
  return cellProblem(output, expected, test.config);
}

function wrongRefusal(refusal: RunletError, expected: Records, format: Format): string | undefined {
  if (!["SOURCE_NOT_JSON", "SOURCE_NOT_UTF8", "LIMIT_DEPTH"].includes(refusal.code))
    return `refused with ${refusal}`;
  const { record, line } = expected.refusals[0]!;
  if (format === "ndjson" && (refusal.where.record !== record || refusal.where.line !== line)) {
    return `refused record ${refusal.where.record} line ${refusal.where.line}, not ${record} line ${line}`;
  }
  return undefined;
}

function countProblem(schema: EngineSchema, expected: Records): string | undefined {
  const rows = schema.rows.t ?? 0;
  return rows === expected.records.length ? undefined : `${rows} rows of ${expected.records.length} records`;
}

/** Per table the row counts at which the engine emitted a batch. */
function emissions({ batches }: EngineOutput): Map<string, number[]> {
  const out = new Map<string, number[]>();
  for (const { table, rows } of batches) {
    const ends = out.get(table) ?? [];
    ends.push((ends.at(-1) ?? 0) + rows);
    out.set(table, ends);
  }
  return out;
}

function cellProblem(output: EngineOutput, expected: Records, config: Partial<EngineConfig>) {
  const reference = new Reference({
    onTypeConflict: config.onTypeConflict ?? "widen",
    maxTableNesting: config.maxTableNesting ?? 1000,
    maxIdentifierLength: config.maxIdentifierLength ?? 65536,
  });
  const emitted = emissions(output);
  for (const record of expected.records) {
    reference.record("t", record);
    for (const [name, ends] of emitted) {
      if (reference.tables.get(name)?.rows.length === ends[0]) {
        ends.shift();
        reference.emit(name);
      }
    }
  }
  output.tables.delete("_runlet_rejects");
  const { differences } = compare(output, reference);
  return differences.length === 0 ? undefined : differences.join("\n");
}
