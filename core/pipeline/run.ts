import type { Destination, DestinationSession } from "../destinations/contract.ts";
import { asRunletError, RunletError } from "../errors.ts";
import { failpoint } from "../packages/failpoints.ts";
import { overtaken } from "../packages/overtaken.ts";
import { packageLoad } from "../packages/package-load.ts";
import { PackageWriter } from "../packages/package-writer.ts";
import { recover } from "../packages/recover.ts";
import { openPackages, type RunPackages } from "../packages/run-packages.ts";
import { observed } from "../trace/observed.ts";
import { tracedLoad } from "../trace/traced-load.ts";
import type { RunFacts } from "../trace/trace.ts";
import { dataTables, seenTables } from "../schema/document.ts";
import { checkAlters } from "./able-to-alter.ts";
import { breathing } from "./breath.ts";
import { Cursors } from "./cursors.ts";
import { Budget, WriteCost } from "./budget.ts";
import { documented, enforced, schemaContract, statedContract } from "./contract.ts";
import { inParts } from "./checkpoint.ts";
import { commitFacts, forgetOf, restored } from "./commit.ts";
import { datasetOf } from "./dataset.ts";
import { extract } from "./extract.ts";
import { loadMicros, loadTime, nextLoadId } from "./load-id.ts";
import { loadInfo, type LoadInfo } from "./load-info.ts";
import { LoadWriter } from "./load.ts";
import { openFor } from "./open-engine.ts";
import { withImported } from "./imported.ts";
import {
  isOfSources,
  isRead,
  isRenewed,
  makesNulls,
  makesNullsIn,
  mergeOf,
  replaces,
  resourceFacts,
  writeOf,
} from "./ownership.ts";
import { planRun, type Plan, type PlanInput } from "./plan.ts";
import { NullColumns, nullOnlyColumns, untypedTables } from "./null-columns.ts";
import { relaxedColumns, relaxedTables } from "./relaxed.ts";
import { tablesWithout } from "./load.ts";
import { checkDispositions } from "./dispositions.ts";
import { Meter } from "./progress.ts";
import { Round } from "./round.ts";
import type { RunOptions } from "./run-options.ts";
import { contextsOf, guarded, type Surroundings } from "./surroundings.ts";

/** Runs a pipeline: reads, normalises and loads. The load is whole or absent.
 *  @throws RunletError without the values of secrets */
export function runPipeline(input: PlanInput, options: RunOptions): Promise<LoadInfo> {
  if (options.checkpoint) return inParts(options, (part) => runPipeline(input, part));
  return guarded(options, async (run) => {
    const { schema = input.schema, only, data } = options;
    const plan = planRun({ ...input, ...(schema === undefined ? {} : { schema }) }, only, data);
    const facts: RunFacts = { pipeline: plan.pipeline, dataset: plan.dataset };
    return observed(run.recorder, options, facts, run.reported, () => go(plan, options, run, facts));
  });
}

/** Loads, and notes in `facts` what the run is about. */
async function go(plan: Plan, options: RunOptions, run: Surroundings, facts: RunFacts): Promise<LoadInfo> {
  const started = run.host.now();
  const destination = options.to ?? (await defaultDestination(run, plan.pipeline));
  mustBeDestination(destination);
  facts.destination = destination.address;
  const refresh = Boolean(options.refresh);
  checkDispositions(plan, destination, refresh);
  const packages = await openPackages({
    ...plan,
    destination,
    host: run.host,
    options: options.packages,
    setting: (name) => run.config.resolve({ kind: "setting", name, fallback: "" }),
    opening: {
      resolve: (value) => run.config.text(value, "load packages"),
      binding: (name) => run.config.binding(name),
      conceal: (value, name) => run.redactor.add(value, name),
      signal: run.signal,
    },
  });
  try {
    const session = await run.recorder.step("open").wait(() =>
      destination.open({
        dataset: plan.dataset,
        resolve: (value) => run.config.text(value, `destination ${destination.kind}`),
        binding: (name) => run.config.binding(name),
        conceal: (value, name) => run.redactor.add(value, name),
        signal: run.signal,
      }),
    );
    try {
      const log = (line: string) => run.recorder.notice(line);
      const now = () => run.host.now();
      const recovered = packages
        ? await run.recorder
            .step("recover")
            .wait(() => recover(packages.store, session, { ...packages, now, log }))
        : [];
      return await load({ plan, destination, session, packages, recovered, options, run, facts, started });
    } finally {
      await session.close();
    }
  } finally {
    await packages?.release();
  }
}

interface Loading {
  plan: Plan;
  destination: Destination;
  session: DestinationSession;
  packages: RunPackages | undefined;
  recovered: readonly string[];
  options: RunOptions;
  run: Surroundings;
  facts: RunFacts;
  started: number;
}

async function load(loading: Loading): Promise<LoadInfo> {
  const { plan, destination, session, packages, options, run, facts, started } = loading;
  const { recorder } = run;
  const stored = await recorder.step("open").wait(() => session.restore(plan.pipeline, plan.schema));
  const found = restored(plan, stored, forgetOf(options), destination.dltType);
  const before = { ...found, schema: withImported(found.schema, plan.given) };
  const known = dataTables(before.schema.tables);
  const round = new Round(plan, before.state, options);
  const goes = (root: string): boolean =>
    isRenewed(plan, known[root]!, round) ||
    (options.refresh === "sources" && isOfSources(plan, root, known[root]!));
  const kept = tablesWithout(known, goes);
  const there = dataTables(found.schema.tables);
  const relaxed = relaxedColumns(plan, kept, (node, root) =>
    there[root]
      ? enforced(statedContract(node, plan, options.contract), root, found.schema)?.data_type
      : undefined,
  );
  const nullOnly = await nullOnlyColumns(session, kept);
  const wantsNulls = plan.nodes.some(
    ({ loaded, definition }) => loaded && makesNulls(definition.options, options),
  );
  checkAlters(destination, [
    ...(wantsNulls || nullOnly.size ? ["type-column" as const] : []),
    ...(kept === known ? [] : ["drop-table" as const]),
    ...relaxed.map(({ kind }) => kind),
  ]);
  const ids = (await packages?.store.ids()) ?? [];
  const newest = Math.max(0, stored.latestMicros ?? 0, ...ids.map(loadMicros).filter(Number.isSafeInteger));
  const loadId = options.reproduce?.loadId ?? nextLoadId(started, newest);
  facts.loadId = loadId;
  const meter = new Meter(options.onProgress?.bind(options));
  const cursors = new Cursors(plan, before.state, options.data, round);
  const engine = await openFor(plan, options, run, {
    loadId,
    tables: untypedTables(relaxedTables(kept, relaxed), nullOnly),
    schema: before.schema,
    destination,
    cursors,
  });
  failpoint("destination.begin.before");
  const begun = await session.begin(loadId).catch((error: unknown) => {
    engine.close();
    throw error;
  });
  const package_ =
    packages &&
    new PackageWriter(packages.store.storage, {
      ...packages,
      pipeline: plan.pipeline,
      loadId,
      now: run.host.now,
    });
  const cost = new WriteCost();
  const now = () => run.host.now();
  const into = cost.of(tracedLoad(package_ ? packageLoad(begun, package_) : begun, recorder), now);
  try {
    failpoint("destination.begin.after");
    await package_?.create();
    // A table that only the given schema knows is made as it is to be.
    const steps = relaxed.filter(({ table, column }) => there[table]?.columns[column]);
    if (steps.length) await into.alter!(steps);
    const writer = new LoadWriter(engine, into, {
      streamBytes: Math.min(
        destination.capabilities.preferredStreamBytes,
        run.host.limits?.streamBytes ?? Infinity,
      ),
      stored: seenTables(found.schema.tables),
      meter,
      nulls: new NullColumns(nullOnly, (root) => makesNullsIn(plan, root, options)),
      widen: options.normalise?.onTypeConflict !== "variant",
      disposition: (root) => writeOf(plan, root, round),
      replaced: (root) => replaces(plan, root, round),
      merging: (root) => mergeOf(plan, root, round),
      read: (root) => isRead(plan, root, round),
      drops: (root, table) => goes(root) && (!isRenewed(plan, table, round) || isRead(plan, table, round)),
      time: loadTime(loadId, run.host.now()),
    });
    if (options.maxDuration !== undefined || options.maxBytes !== undefined)
      round.limitTo(new Budget(options, { started, now, meter, cost, waiting: () => writer.waitingBytes }));
    const contexts = contextsOf(options, run, before.state, cursors);
    const breathe = breathing(now);
    await extract({
      plan,
      engine,
      meter,
      recorder,
      signal: run.signal,
      limit: options.limit,
      round,
      quarantine: options.normalise?.onBadRecord === "quarantine",
      cursors,
      context: (node) => contexts.of(node),
      constants: (node) => contexts.constantsOf(node),
      drain: () => {
        failpoint("extract.page");
        const writing = writer.drain();
        return writing ? writing.then(breathe) : breathe();
      },
    });
    failpoint("extract.after");
    meter.at("load");
    const loaded = await writer.finish();
    for (const [table, rows] of Object.entries(loaded.rows))
      recorder.step("load", { table }).counts.rows = rows;
    for (const { table, rows = 0, values = 0 } of loaded.discarded.list) {
      const { counts } = recorder.step("load", { table });
      counts.discarded = (counts.discarded ?? 0) + rows + values;
    }
    for (const change of loaded.changes) recorder.log("info", "schema.change", { ...change });
    for (const discard of loaded.discarded.list) recorder.log("warn", "schema.discard", { ...discard });
    const extracted = run.host.now();
    const own = options.limit === undefined;
    if (own) round.hold(cursors.held(loaded.cursors), (node) => cursors.leadsOn(node));
    // A look at the data has not read what functions say they have.
    const state = round.into(own ? contexts.state() : before.state, before.state);
    meter.at("commit");
    const stated = schemaContract(plan, options.contract);
    const { facts: committed, schema: after } = await commitFacts({
      before,
      stored,
      loadId,
      tables: loaded.tables,
      dropped: loaded.dropped,
      rows: loaded.rows,
      resources: resourceFacts(plan, loaded.tables, {
        refresh: Boolean(options.refresh),
        contract: options.contract,
        stored: before.schema.tables,
      }),
      contract: stated === undefined ? undefined : documented(stated),
      state: own ? cursors.into(state, loaded.cursors, round) : state,
      now: run.host.now(),
      random: (into) => run.host.random(into),
    });
    if (run.signal.aborted)
      throw new RunletError("CANCELLED", "the run was cancelled", { hint: "nothing loaded" });
    // As in dlt, a run with nothing new is no load.
    const isNothing =
      writer.isUntouched &&
      steps.length === 0 &&
      committed.state === undefined &&
      stored.schema !== undefined &&
      after.version_hash === found.schema.version_hash;
    if (isNothing) await into.rollback();
    else await into.commit(committed);
    const trace = recorder.trace(facts);
    // The load is in: a package that cannot be removed is seen to be loaded by the next run.
    const left = isNothing ? package_?.discard() : package_?.done(packages!.keep, trace);
    await left?.catch((error: unknown) => recorder.notice(String(error)));
    const ended = run.host.now();
    const remaining = round.remaining();
    return loadInfo(
      {
        pipeline: plan.pipeline,
        loadId,
        destination: destination.address,
        datasetName: plan.dataset,
        schema: after.tables,
        rows: loaded.rows,
        schemaChanges: loaded.changes,
        discarded: loaded.discarded,
        recovered: loading.recovered,
        ...(isNothing ? { nothingNew: true as const } : {}),
        complete: remaining.length === 0,
        remaining,
        ...(round.stoppedBy && remaining.length ? { stoppedBy: round.stoppedBy } : {}),
        pages: meter.pages,
        records: meter.records,
        bytes: meter.bytes,
        durationMs: ended - started,
        trace,
        stages: { extract: extracted - started, commit: ended - extracted },
      },
      datasetOf(destination, plan.dataset, run.config, (error) =>
        run.redactor.error(asRunletError(error, "DESTINATION_FAILED")),
      ),
    );
  } catch (error) {
    // The first error is the one to report, whatever undoing says.
    await into.rollback().catch(() => undefined);
    await package_?.abandon(error).catch(() => undefined);
    throw await overtaken(error, session, plan, stored);
  } finally {
    engine.close();
  }
}

/** Where a run loads that names no destination. @throws RunletError CONFIG_MISSING */
export async function defaultDestination(
  { host, config }: Surroundings,
  pipeline: string,
): Promise<Destination> {
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
function mustBeDestination(to: unknown): void {
  if (typeof (to as Partial<Destination> | null)?.open === "function") return;
  throw new RunletError(
    "PIPELINE_INVALID",
    `to is no destination but ${typeof to === "string" ? `the text ${JSON.stringify(to)}` : typeof to}`,
    {
      hint: 'give one: run({ to: duckdb("data.duckdb") }), with import { duckdb } from "runlet/duckdb"',
    },
  );
}
