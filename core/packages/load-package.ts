import type { CommitFacts, DestinationSession, StoredDataset } from "../destinations/contract.ts";
import { RunletError } from "../errors.ts";
import type { Json } from "../json.ts";
import { own } from "../schema/carried.ts";
import { dataTables, nextDocument, seenTables } from "../schema/document.ts";
import { parseExact } from "../schema/exact-json.ts";
import type { PipelineState } from "../schema/state.ts";
import type { StoredSchema } from "../schema/stored.ts";
import type { Tables } from "../schema/types.ts";
import { failpoint } from "./failpoints.ts";
import type { Manifest, PackageSchema, PackageState } from "./manifest.ts";
import type { PackageStore } from "./package-store.ts";

/** `loaded`: by this call. `present`: the destination has it already. `superseded`: another load of the pipeline has
 *  changed the state since this one began, and has read what this one would bring. */
export type PackageOutcome = "loaded" | "present" | "superseded";

/** Loads a sealed package into the session's dataset, whole or not at all; one that is there already is left alone.
 *  @throws RunletError STORAGE_FAILED when a file of the package is damaged */
export async function loadPackage(
  store: PackageStore,
  manifest: Manifest,
  session: DestinationSession,
): Promise<PackageOutcome> {
  const { loadId, pipeline } = manifest;
  if (!manifest.schema || manifest.status === "extracting") {
    throw new RunletError(
      "USAGE",
      `load package ${loadId} is not whole: its run ended before it was sealed`,
      {
        hint: `runlet packages drop ${loadId}, and run the pipeline again`,
      },
    );
  }
  if (await session.hasLoad(loadId)) return "present";
  const schema = read<PackageSchema>(await store.file(loadId, manifest.schema), "schema.json");
  const state = manifest.state && read<PackageState>(await store.file(loadId, manifest.state), "state.json");
  const stored = await session.restore(pipeline, manifest.schema.name);
  if (state && basedOn(stored).stateVersionHash !== schema.basedOn.stateVersionHash) return "superseded";
  const load = await session.begin(loadId);
  try {
    if (schema.altered) await load.alter!(schema.altered);
    for (const { schema: table, write } of schema.tables) await load.prepare(table, write);
    for (const [table, { segments }] of Object.entries(manifest.tables ?? {})) {
      for (const segment of segments) {
        const stream = await store.file(loadId, segment);
        failpoint("recover.write");
        await load.write(table, stream);
      }
    }
    for (const { table, base, variant } of schema.widened) {
      if (await load.widen(table, base, variant)) continue;
      throw new RunletError(
        "DESTINATION_SCHEMA",
        `column ${base} of table ${table} has changed since load package ${loadId} was written`,
        {
          where: { table, column: base },
          hint: `runlet packages drop ${loadId}, and run the pipeline again`,
        },
      );
    }
    for (const plan of schema.merges ?? []) await load.merge!(plan);
    failpoint("recover.commit.before");
    await load.commit(factsOf(manifest, schema, state, stored));
    failpoint("recover.commit.after");
    return "loaded";
  } catch (error) {
    await load.rollback().catch(() => undefined);
    throw error;
  }
}

function factsOf(
  manifest: Manifest,
  schema: PackageSchema,
  state: PackageState | undefined,
  stored: StoredDataset,
): CommitFacts {
  const document = onTop(schema.document as unknown as StoredSchema, stored, schema);
  return {
    loadId: manifest.loadId,
    schemaName: document.name,
    schema: document as unknown as Json,
    schemaVersion: document.version,
    schemaVersionHash: document.version_hash,
    engineVersion: schema.engineVersion,
    insertedAt: schema.insertedAt,
    basedOn: basedOn(stored),
    ...(state ? { state: state.row } : {}),
  };
}

/** The package's schema, continued from the stored one where that has moved on. */
function onTop(document: StoredSchema, stored: StoredDataset, start: PackageSchema): StoredSchema {
  const now = stored.schema as unknown as StoredSchema | undefined;
  if (
    !now ||
    now.version_hash === start.basedOn.schemaVersionHash ||
    now.version_hash === document.version_hash
  )
    return document;
  const dropped = new Set(
    (start.altered ?? []).flatMap((step) => (step.kind === "drop-table" ? [step.table] : [])),
  );
  const tables: Tables = {};
  for (const [name, table] of Object.entries(dataTables(now.tables)))
    if (!dropped.has(name)) tables[name] = table;
  for (const [name, table] of Object.entries(dataTables(document.tables))) {
    const known = tables[name];
    tables[name] = known ? { ...table, ...known, columns: { ...table.columns, ...known.columns } } : table;
  }
  for (const step of start.altered ?? []) {
    const table = tables[step.table];
    const column = step.kind === "relax-column" && table ? own(table.columns, step.column) : undefined;
    if (!table || !column) continue;
    tables[step.table] = {
      ...table,
      columns: { ...table.columns, [column.name]: { ...column, nullable: true } },
    };
  }
  const left = Object.entries(now.tables).filter(([name]) => !dropped.has(name));
  // Of what had no data the document goes on to be told only.
  const [before, after] = [Object.fromEntries(left), seenTables(tables)];
  const told = Object.fromEntries(Object.entries(tables).filter(([name]) => !after[name]));
  return nextDocument({ ...now, tables: { ...before, ...told } }, after);
}

/** The versions a run that finds this starts from. */
export function basedOn({ schema, state }: StoredDataset): NonNullable<CommitFacts["basedOn"]> {
  const schemaVersionHash = (schema as unknown as StoredSchema | undefined)?.version_hash;
  const stateVersionHash = (state as PipelineState | undefined)?._version_hash;
  return {
    ...(schemaVersionHash === undefined ? {} : { schemaVersionHash }),
    ...(stateVersionHash === undefined ? {} : { stateVersionHash }),
  };
}

function read<T>(bytes: Uint8Array, file: string): T {
  return parseExact(new TextDecoder().decode(bytes), file) as unknown as T;
}
