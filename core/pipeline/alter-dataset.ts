import type { CommitFacts, Destination, DestinationSession } from "../destinations/contract.ts";
import { RunletError } from "../errors.ts";
import { host } from "../host.ts";
import type { Json } from "../json.ts";
import { failpoint } from "../packages/failpoints.ts";
import { basedOn } from "../packages/load-package.ts";
import { alteredDocument, isComplete } from "../schema/altered.ts";
import { diffSchemas, type SchemaDifference } from "../schema/difference.ts";
import { dataTables, seenTables } from "../schema/document.ts";
import { checkNewNames } from "../schema/new-names.ts";
import { impliedRenames, type Renames, renamedTables } from "../schema/renames.ts";
import { bumpState, encodeState, type PipelineState } from "../schema/state.ts";
import { isDestructive, type SchemaStep, stepLine } from "../schema/steps.ts";
import type { StoredSchema } from "../schema/stored.ts";
import type { Tables } from "../schema/types.ts";
import { datasetSchema } from "./dataset-schema.ts";
import { withAltered } from "./altered-state.ts";
import { isoMicros, loadMicros, nextLoadId } from "./load-id.ts";
import { rowId } from "./row-id.ts";

/** What a dataset is to become. */
export interface Alteration {
  /** The schema it is to have; default: the one it has, with `rename` and `drop`. Tables and columns that are not in it
   *  are dropped. */
  to?: { readonly tables: Tables };
  /** Which schema of the dataset; default: that of `to`, else the only one. */
  schema?: string;
  /** New names by old ones, of tables and columns: `{ users: "people", "users.name": "full_name" }`. A table takes those
   *  nested in it along. */
  rename?: Renames;
  /** Tables, with those nested in them, and columns to drop: `["orders", "users.age"]`. */
  drop?: readonly string[];
  /** Whether steps may take data away. */
  destructive?: boolean;
  /** Only tells the steps. */
  dryRun?: boolean;
}

/** What was done, or with `dryRun` what would be. */
export interface Altered extends SchemaDifference {
  /** Changes of tables that no data has come for yet: they are in the document only. */
  documented: SchemaStep[];
  /** Name of the schema. */
  schema: string;
  /** The document's version now. */
  version: number;
  versionHash: string;
  /** The row of `_dlt_loads` that stands for it; absent where nothing was done. */
  loadId?: string;
}

/** Changes the tables of a dataset, its schema document and nothing else, in one transaction.
 *  @throws RunletError SCHEMA_INVALID where it is impossible, USAGE where data would be lost and nobody said so,
 *  DESTINATION_SCHEMA where the destination cannot, CONCURRENT_RUN where a load is under way */
export async function alterDataset(
  destination: Destination,
  session: DestinationSession,
  dataset: string,
  alteration: Alteration,
): Promise<Altered> {
  const { rename = {}, drop = [], to } = alteration;
  const asked = alteration.schema ?? (to as Partial<StoredSchema> | undefined)?.name;
  const current = await datasetSchema(session, dataset, asked);
  const pipeline = await pipelineOf(session, current.name);
  const stored = await session.restore(pipeline ?? "", current.name);
  if ((stored.schema as unknown as StoredSchema).version_hash !== current.version_hash)
    throw overtaken(dataset);
  const target = withoutDropped(to?.tables ?? current.tables, rename, drop);
  const { steps, hints, documented } = seenDifference(current.tables, target, rename);
  checkNewNames(steps, destination.capabilities.maxIdentifierLength);
  refuseImpossible(destination, steps);
  const document = alteredDocument(current, target, rename);
  const result: Altered = {
    steps,
    hints,
    documented,
    schema: current.name,
    version: document.version,
    versionHash: document.version_hash,
  };
  if (alteration.dryRun || document === current) return result;
  const lost = steps.filter(isDestructive);
  if (lost.length && !alteration.destructive) {
    throw new RunletError(
      "USAGE",
      `${lost.length === 1 ? "a step takes" : `${lost.length} steps take`} data away: ${lost.map(stepLine).join(", ")}`,
      { hint: "nothing was changed: allow it with destructive: true, on the command line with --yes" },
    );
  }
  const loadId = nextLoadId(host().now(), stored.latestMicros);
  const load = await session.begin(loadId);
  try {
    if (steps.length) await load.alter!(steps);
    failpoint("destination.commit.before");
    await load.commit({
      loadId,
      schemaName: document.name,
      schema: document as unknown as Json,
      schemaVersion: document.version,
      schemaVersionHash: document.version_hash,
      engineVersion: document.engine_version,
      insertedAt: isoMicros(Math.max(Math.floor(host().now() * 1000), loadMicros(loadId))),
      basedOn: basedOn(stored),
      ...(await notedState(stored.state as PipelineState | undefined, document)),
    });
    failpoint("destination.commit.after");
  } catch (error) {
    await load.rollback().catch(() => undefined);
    throw error;
  }
  return { ...result, loadId };
}

/** What has to be done at the destination, and what only in the document: tables that have had no data are in no other
 *  place. */
function seenDifference(
  from: Tables,
  to: Tables,
  rename: Renames,
): SchemaDifference & Pick<Altered, "documented"> {
  const [before, after] = [dataTables(from), dataTables(to)];
  const seen = seenTables(from);
  const isTold = (table: string): boolean =>
    before[table] !== undefined && !seen[table] && isComplete(before[table]);
  const { steps, hints } = diffSchemas(from, to, rename, isTold);
  const { tables: renamed } = impliedRenames(before, after, rename);
  const oldNames = new Map([...renamed].map(([old, name]) => [name, old]));
  const isDocumented = ({ kind, table }: SchemaStep): boolean =>
    isTold(kind === "rename-table" ? table : (oldNames.get(table) ?? table));
  return {
    steps: steps.filter((step) => !isDocumented(step)),
    hints,
    documented: steps.filter(isDocumented),
  };
}

function refuseImpossible(destination: Destination, steps: SchemaDifference["steps"]): void {
  const able = destination.capabilities.alters ?? [];
  const unable = steps.filter(({ kind }) => !able.includes(kind));
  if (unable.length === 0) return;
  throw new RunletError(
    "DESTINATION_SCHEMA",
    `${destination.kind} cannot do this to tables that are there: ${unable.map(stepLine).join(", ")}`,
    {
      where: { table: unable[0]!.table },
      hint: `nothing was changed: ${able.length ? `it can ${able.join(", ").replaceAll("-", " ")}; ` : ""}load what differs anew, with refresh: "resources"`,
    },
  );
}

/** The tables by their new names, without those that are dropped and those nested in them. What is dropped may be called
 *  by either name. */
function withoutDropped(tables: Tables, rename: Renames, drop: readonly string[]): Tables {
  const isThere = (of: Tables, [table, column]: Dropped): boolean => {
    const known = dataTables(of)[table];
    return known !== undefined && (column === undefined || Object.hasOwn(known.columns, column));
  };
  const wanted = drop.map((name): Dropped => {
    const dot = name.indexOf(".");
    return dot < 0 ? [name, undefined] : [name.slice(0, dot), name.slice(dot + 1)];
  });
  const left = (of: Tables, each: Dropped): Tables => (isThere(of, each) ? without(of, each) : of);
  const kept = renamedTables(wanted.reduce(left, tables), rename);
  const renamed = renamedTables(tables, rename);
  const missing = wanted.find((each) => !isThere(tables, each) && !isThere(renamed, each));
  if (missing) {
    throw new RunletError(
      "SCHEMA_INVALID",
      `cannot drop ${missing.filter((part) => part !== undefined).join(".")}: there is none`,
      { hint: "write the name of a table, or table.column" },
    );
  }
  return wanted.reduce(left, kept);
}

type Dropped = readonly [table: string, column: string | undefined];

function without(tables: Tables, [table, column]: Dropped): Tables {
  if (column === undefined) return Object.fromEntries(keptWithout(table, tables));
  const known = tables[table]!;
  const { [column]: _, ...columns } = known.columns;
  return { ...tables, [table]: { ...known, columns } };
}

function keptWithout(table: string, tables: Tables): [string, Tables[string]][] {
  const isBelow = (name: string | undefined): boolean =>
    name !== undefined && (name === table || isBelow(tables[name]?.parent));
  return Object.entries(tables).filter(([name]) => !isBelow(name));
}

/** The pipeline whose state names the schema; undefined when none does, or several. */
async function pipelineOf(session: DestinationSession, schema: string): Promise<string | undefined> {
  // Written by a load that has state; absent before.
  const pipelines = await session
    .query<{ name: string }>("select distinct pipeline_name as name from _dlt_pipeline_state order by 1")
    .catch(() => []);
  const found: string[] = [];
  for (const { name } of pipelines) {
    const state = (await session.restore(name, schema)).state as PipelineState | undefined;
    if (state?.schema_names?.includes(schema)) found.push(name);
  }
  return found.length === 1 ? found[0] : undefined;
}

async function notedState(
  before: PipelineState | undefined,
  schema: StoredSchema,
): Promise<Pick<CommitFacts, "state">> {
  if (!before) return {};
  const state = bumpState(withAltered(before, schema));
  return {
    state: {
      pipelineName: state.pipeline_name,
      version: state._state_version,
      engineVersion: state._state_engine_version,
      encoded: await encodeState(state),
      versionHash: state._version_hash!,
      dltId: rowId((into) => host().random(into)),
    },
  };
}

function overtaken(dataset: string): RunletError {
  return new RunletError("CONCURRENT_RUN", `another run changed the schema of dataset ${dataset} meanwhile`, {
    hint: "nothing was changed: try again",
  });
}
