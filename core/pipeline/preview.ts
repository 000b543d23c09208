import type { Json } from "../json.ts";
import { readJsonRows } from "../arrow/json-rows.ts";
import { defaultState } from "../schema/state.ts";
import { dataTables, emptyDocument } from "../schema/document.ts";
import type { Tables } from "../schema/types.ts";
import type { DestinationLoad } from "../destinations/contract.ts";
import { Cursors } from "./cursors.ts";
import { extract } from "./extract.ts";
import { withImported } from "./imported.ts";
import { nextLoadId } from "./load-id.ts";
import { LoadWriter } from "./load.ts";
import { unmarked } from "./nested.ts";
import { planRun, type PlanInput } from "./plan.ts";
import { Meter } from "./progress.ts";
import { openFor } from "./open-engine.ts";
import type { RunOptions } from "./run-options.ts";
import { contextsOf, guarded } from "./surroundings.ts";

/** What a run would load. */
export interface Preview {
  /** dlt's table schemas. */
  readonly schema: Tables;
  /** Rows per table: integers beyond 2^53 are bigint; times ISO 8601 text; decimals, JSON and base64 binary text. */
  readonly tables: Readonly<Record<string, Record<string, Json>[]>>;
}

/** Records per resource when no limit is given. */
const PREVIEW_RECORDS = 100;

/** Reads and normalises as a run does, and shows the outcome: no destination, no driver, no state. */
export function previewPipeline(input: PlanInput, options: RunOptions): Promise<Preview> {
  return guarded(options, async (run) => {
    const plan = planRun(input, options.only, options.data);
    const loadId = options.reproduce?.loadId ?? nextLoadId(run.host.now());
    const state = defaultState(plan);
    const cursors = new Cursors(plan, state, options.data);
    const engine = await openFor(plan, options, run, {
      loadId,
      tables: dataTables(withImported(emptyDocument(plan.schema), options.schema ?? plan.given).tables),
      cursors,
    });
    const streams = new Map<string, Uint8Array[]>();
    try {
      const meter = new Meter(options.onProgress?.bind(options));
      const writer = new LoadWriter(engine, kept(streams), {
        streamBytes: 1024 * 1024,
        stored: {},
        meter,
        widen: false,
        disposition: () => "append",
        replaced: () => false,
      });
      const contexts = contextsOf(options, run, state, cursors);
      await extract({
        plan,
        engine,
        meter,
        recorder: run.recorder,
        signal: run.signal,
        limit: options.limit ?? PREVIEW_RECORDS,
        quarantine: options.normalise?.onBadRecord === "quarantine",
        cursors,
        context: (node) => contexts.of(node),
        constants: (node) => contexts.constantsOf(node),
        drain: () => writer.drain(),
      });
      const { tables: schema } = await writer.finish();
      const tables = [...streams].map(
        ([name, parts]) => [name, parts.flatMap((part) => readJsonRows(part))] as const,
      );
      const shown = Object.entries(dataTables(schema)).map(
        ([name, table]) => [name, unmarked(table)] as const,
      );
      return { schema: Object.fromEntries(shown), tables: Object.fromEntries(tables) };
    } finally {
      engine.close();
    }
  });
}

/** A load that only keeps the streams. */
function kept(streams: Map<string, Uint8Array[]>): DestinationLoad {
  return {
    prepare: async () => undefined,
    async write(table, stream) {
      const parts = streams.get(table);
      if (parts) parts.push(stream);
      else streams.set(table, [stream]);
    },
    widen: async () => false,
    commit: async () => undefined,
    rollback: async () => undefined,
  };
}
