// Runs a pipeline case, wherever `runlet` runs. Web standards only.
import { memory, nullDestination, type Destination, type LoadInfo, type RunOptions } from "runlet";
import { reproduce, type PipelineCase, type World } from "./case.ts";
import { errorOutcome, readable, sampleOf } from "./outcome.ts";

/** What of a run's account does not tell the time. */
const STABLE = [
  "loadId",
  "datasetName",
  "pages",
  "records",
  "bytes",
  "rejects",
  "tables",
  "schemaChanges",
] as const;

/** What a case gave: plain JSON, the same on every runtime. */
export interface CaseOutcome {
  runs?: RunOutcome[];
  /** Rows per table that memory() holds after the runs, of small tables. */
  rows?: Record<string, Record<string, unknown>[]>;
  /** What `act` gave. */
  acted?: unknown;
}

export interface RunOutcome {
  error?: ReturnType<typeof errorOutcome>;
  /** `discarded` where contracts have left something out. */
  info?: Pick<LoadInfo, (typeof STABLE)[number]> & Partial<Pick<LoadInfo, "discarded">>;
  /** Digest per table of the Arrow streams. */
  digests?: Record<string, { streams: number; bytes: number; sha256: string }>;
}

export async function runCase(of: PipelineCase, world: World): Promise<CaseOutcome> {
  if (of.act) {
    const acted = await of.act(of.make(world), world).catch((error: unknown) => ({
      error: errorOutcome(error, world.api),
    }));
    return { acted: readable(acted) };
  }
  const runs: RunOutcome[] = [];
  for (const [at, options] of runsOf(of, world).entries()) {
    const to = nullDestination();
    const ran = await run(of, world, { reproduce: reproduce(at), ...options, to });
    runs.push({ ...ran, ...(ran.error ? {} : { digests: to.digests() }) });
  }
  const store = memory();
  await load(of, world, store);
  const rows = Object.entries(store.tables()).map(([table, all]) => [table, sampleOf(all)]);
  return { runs, rows: Object.fromEntries(rows) as CaseOutcome["rows"] };
}

/** All runs of a case into one destination; the last one's info, or its error. */
export async function load(
  of: PipelineCase,
  world: World,
  to: Destination,
  more: RunOptions = {},
): Promise<{ info?: LoadInfo; error?: unknown }> {
  let last: { info?: LoadInfo; error?: unknown } = {};
  for (const [at, options] of runsOf(of, world).entries()) {
    last = await of
      .make({ ...world, nonce: crypto.randomUUID() })
      .run({ reproduce: reproduce(at), ...more, ...options, to })
      .then(
        (info) => ({ info }),
        (error: unknown) => ({ error }),
      );
  }
  return last;
}

function runsOf(of: PipelineCase, world: World): RunOptions[] {
  return (typeof of.runs === "function" ? of.runs(world) : of.runs) ?? [{}];
}

async function run(of: PipelineCase, world: World, options: RunOptions): Promise<RunOutcome> {
  try {
    const info = await of.make({ ...world, nonce: crypto.randomUUID() }).run(options);
    const keys = info.discarded.entries ? [...STABLE, "discarded" as const] : STABLE;
    const stable = Object.fromEntries(keys.map((key) => [key, info[key]]));
    return { info: readable(stable) as RunOutcome["info"] };
  } catch (error) {
    return { error: errorOutcome(error, world.api) };
  }
}
