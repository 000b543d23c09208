import type { Destination, DestinationSession } from "../destinations/contract.ts";
import { asRunletError, RunletError } from "../errors.ts";
import { dataTables } from "../schema/document.ts";
import { commitFacts, restored } from "./commit.ts";
import { datasetOf } from "./dataset.ts";
import { extract } from "./extract.ts";
import { nextLoadId } from "./load-id.ts";
import { loadInfo, type LoadInfo } from "./load-info.ts";
import { LoadWriter } from "./load.ts";
import { openFor } from "./open-engine.ts";
import { replaces, resourceFacts, writeOf } from "./ownership.ts";
import { dispositionOf, planRun, type Plan, type PlanInput } from "./plan.ts";
import { Meter } from "./progress.ts";
import type { RunOptions } from "./run-options.ts";
import { contextsOf, guarded, type Surroundings } from "./surroundings.ts";

/** Runs a pipeline: reads, normalises and loads. The load is whole or absent.
 *  @throws RunletError without the values of secrets */
export function runPipeline(input: PlanInput, options: RunOptions): Promise<LoadInfo> {
  return guarded(options, async (run) => {
    const started = run.host.now();
    const plan = planRun(input, options.only);
    const destination = options.to ?? (await defaultDestination(run, plan.pipeline));
    checkDispositions(plan, destination, options.refresh ?? false);
    const session = await destination.open({
      dataset: plan.dataset,
      resolve: (value) => run.config.text(value, `destination ${destination.kind}`),
      signal: run.signal,
    });
    try {
      return await load(plan, destination, session, options, run, started);
    } finally {
      await session.close();
    }
  });
}

async function load(
  plan: Plan,
  destination: Destination,
  session: DestinationSession,
  options: RunOptions,
  run: Surroundings,
  started: number,
): Promise<LoadInfo> {
  const refresh = options.refresh ?? false;
  const stored = await session.restore(plan.pipeline, plan.schema);
  const before = restored(plan, refresh ? { ...stored, state: undefined } : stored);
  const known = dataTables(before.schema.tables);
  const loadId = options.reproduce?.loadId ?? nextLoadId(started);
  const meter = new Meter(options.onProgress?.bind(options));
  const engine = await openFor(plan, options, run, { loadId, tables: known, destination });
  const package_ = await session.begin(loadId).catch((error: unknown) => {
    engine.close();
    throw error;
  });
  try {
    const writer = new LoadWriter(engine, package_, {
      streamBytes: destination.capabilities.preferredStreamBytes,
      stored: known,
      meter,
      widen: options.normalise?.onTypeConflict !== "variant",
      disposition: (root) => writeOf(plan, root, refresh),
      replaced: (root, table) => replaces(plan, root, table, refresh),
    });
    const contexts = contextsOf(options, run, before.state);
    await extract({
      plan,
      engine,
      meter,
      signal: run.signal,
      limit: options.limit,
      context: (node) => contexts.of(node),
      drain: () => writer.drain(),
    });
    meter.at("load");
    const loaded = await writer.finish();
    const extracted = run.host.now();
    meter.at("commit");
    const { facts, schema } = await commitFacts({
      before,
      loadId,
      tables: loaded.tables,
      resources: resourceFacts(plan, loaded.tables, refresh),
      state: contexts.state(),
      now: run.host.now(),
      random: (into) => run.host.random(into),
    });
    if (run.signal.aborted)
      throw new RunletError("CANCELLED", "the run was cancelled", { hint: "nothing loaded" });
    await package_.commit(facts);
    const ended = run.host.now();
    return loadInfo(
      {
        pipeline: plan.pipeline,
        loadId,
        destination: destination.address,
        datasetName: plan.dataset,
        schema: schema.tables,
        rows: loaded.rows,
        schemaChanges: loaded.changes,
        pages: meter.pages,
        records: meter.records,
        bytes: meter.bytes,
        durationMs: ended - started,
        stages: { extract: extracted - started, commit: ended - extracted },
      },
      datasetOf(destination, plan.dataset, run.config, (error) =>
        run.redactor.error(asRunletError(error, "DESTINATION_FAILED")),
      ),
    );
  } catch (error) {
    // The first error is the one to report, whatever undoing says.
    await package_.rollback().catch(() => undefined);
    throw error;
  } finally {
    engine.close();
  }
}

async function defaultDestination({ host, config }: Surroundings, pipeline: string): Promise<Destination> {
  const address =
    (await config.resolve<string>({ kind: "setting", name: "RUNLET_DESTINATION", fallback: "" })) ||
    undefined;
  const found = await host.defaultDestination?.(address, pipeline);
  if (found) return found;
  throw new RunletError("CONFIG_MISSING", "no destination: run({ to }) is not given", {
    hint: "give run({ to: … }), or set RUNLET_DESTINATION",
  });
}

/** A load that the destination cannot write as asked is refused before anything is read. */
function checkDispositions(plan: Plan, destination: Destination, refresh: boolean): void {
  for (const node of plan.nodes) {
    const wanted = dispositionOf(node, refresh);
    if (!node.loaded || destination.capabilities.dispositions.includes(wanted)) continue;
    throw new RunletError(
      "PIPELINE_INVALID",
      `resource ${node.name} asks for ${wanted}, which ${destination.kind} does not offer`,
      {
        where: { source: node.source, resource: node.name },
        hint: `it offers: ${destination.capabilities.dispositions.join(", ")}`,
      },
    );
  }
}
