import { RunletError } from "../../errors.ts";
import type { OpenFolder } from "../../folders/folder.ts";
import { CommitLog } from "./commit-log.ts";
import { type Foreign, foreignLoads } from "./foreign.ts";
import { inParallel } from "./in-parallel.ts";
import { sweep } from "./load-files.ts";
import { INIT, INIT_TEXT, loadFile, OPEN, openFile, pathPart, stateFile, versionFile } from "./names.ts";
import { applied, type Commit, type Snapshot } from "./snapshot.ts";

const AT_ONCE = 8;
/** Commits that lose to another run's are tried again with the next number, so often. */
export const ATTEMPTS = 20;
/** What is stored of a load that no commit lists belongs to a run that is under way, or died; a day tells. */
const DAY_MS = 86_400_000;

interface LakeOptions {
  /** The dataset's. */
  folder: OpenFolder;
  dataset: string;
  /** Milliseconds since the Unix epoch. */
  now(): number;
  log(line: string): void;
}

/** A dataset of Parquet files: what its commits, and dlt's loads beside them, make visible. */
export class Lake {
  readonly folder: OpenFolder;
  readonly commits: CommitLog;
  readonly now: () => number;
  readonly log: (line: string) => void;

  constructor({ folder, dataset, now, log }: LakeOptions) {
    this.folder = folder;
    this.commits = new CommitLog(folder, `dataset ${dataset}`);
    this.now = now;
    this.log = log;
  }

  /** The newest snapshot, and what dlt has done since. */
  async see(): Promise<{ snapshot: Snapshot; foreign: Foreign | undefined }> {
    const snapshot = await this.commits.read();
    return { snapshot, foreign: await foreignLoads(this.folder, snapshot) };
  }

  /** What a reader sees. */
  async visible(): Promise<Snapshot> {
    const { snapshot, foreign } = await this.see();
    return foreign ? this.adopted(snapshot, foreign) : snapshot;
  }

  adopted(snapshot: Snapshot, foreign: Foreign): Snapshot {
    return applied(snapshot, { format: 1, sequence: snapshot.sequence, loadId: "", attempt: "", ...foreign });
  }

  /** Whether this very attempt at a load is committed. */
  async hasAttempt(loadId: string, attempt: string): Promise<boolean> {
    const { loads } = await this.commits.read();
    if (!loads.some(({ load_id }) => load_id === loadId)) return false;
    return (await this.commits.commitOf(loadId))?.attempt === attempt;
  }

  /** Leaves a note that a load is under way, by which what a crash leaves is found. While it says so, the attempt may
   *  commit. */
  async note(loadId: string, attempt: string): Promise<void> {
    await this.folder.put(openFile(loadId), jsonl({ loadId, attempt }));
  }

  /** Whether the note of a load is still this attempt's. */
  async hasNote(loadId: string, attempt: string): Promise<boolean> {
    const bytes = await this.folder.get(openFile(loadId));
    return bytes !== undefined && readNote(bytes).attempt === attempt;
  }

  /** Unless a load is in, makes sure that it does not get in by what was sent for it before: takes the number it would
   *  have. Returns whether it is in. @throws RunletError CONCURRENT_RUN */
  async shutOut(loadId: string): Promise<boolean> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const { sequence, loads } = await this.commits.read();
      if (loads.some(({ load_id }) => load_id === loadId)) return true;
      const empty = { loads: [], versions: [], states: [], tables: [] };
      const taken: Commit = { format: 1, sequence: sequence + 1, loadId: "", attempt: "", ...empty };
      if (await this.commits.append(taken)) return false;
    }
    throw new RunletError(
      "CONCURRENT_RUN",
      `other runs commit without a pause: load ${loadId} cannot be undone`,
      {
        hint: "run again later: its files are taken away then",
      },
    );
  }

  /** Does what follows a commit: dlt's system files, dlt's `_dlt_loads` last, then files that are no longer part of a
   *  table go. Doing it again changes nothing. */
  async complete(commit: Commit, snapshot: Snapshot): Promise<void> {
    const { folder } = this;
    await folder.put(INIT, new TextEncoder().encode(INIT_TEXT), { ifAbsent: true });
    for (const row of commit.versions)
      await folder.put(versionFile(row.schema_name, row.inserted_at, row.version_hash), jsonl(row));
    const own = commit.loads.filter(({ load_id }) => load_id === commit.loadId);
    for (const { _dlt_id: _, ...row } of commit.states.filter(
      (state) => state._dlt_load_id === commit.loadId,
    )) {
      // dlt's own have no row id, and dlt refuses those that do.
      const name = stateFile(row.pipeline_name, row._dlt_load_id, own[0]!.schema_version_hash);
      await folder.put(name, jsonl(row));
    }
    for (const row of own) await folder.put(loadFile(row.schema_name, row.load_id), jsonl(row));
    const gone = commit.tables.flatMap(({ remove }) => remove);
    await inParallel(gone, AT_ONCE, (name) => folder.remove(name));
    await this.commits.checkpoint(snapshot);
    await folder.remove(openFile(commit.loadId));
  }

  /** Puts in order what loads that ended badly left, before the load `beginning`: completes those that are committed,
   *  takes the files of others away when they are a day old. An earlier attempt at this very load is dead. */
  async tidy(snapshot: Snapshot, beginning: string): Promise<void> {
    for (const { name, modified } of await this.folder.list(OPEN)) {
      const part = name.slice(OPEN.length, -".json".length);
      const load = snapshot.loads.findLast(({ load_id }) => pathPart(load_id) === part);
      if (load) {
        const commit = await this.commits.commitOf(load.load_id);
        if (commit) await this.complete(commit, snapshot);
        else await this.folder.remove(name);
      } else if (part === pathPart(beginning)) {
        await this.discard(beginning);
      } else if (modified < this.now() - DAY_MS) {
        const bytes = await this.folder.get(name);
        if (bytes) await this.discard(readNote(bytes).loadId);
      }
    }
  }

  /** Takes away what a run that is dead left of a load; nothing where it is committed. A run that only seemed dead cannot
   *  commit any more: it looks at its note between reading the commits and adding its own, and this changes the note
   *  before it takes the next number. */
  async discard(loadId: string): Promise<void> {
    if (!(await this.folder.get(openFile(loadId)))) return;
    await this.note(loadId, "");
    if (await this.shutOut(loadId)) return;
    await sweep(this.folder, loadId);
    await this.folder.remove(openFile(loadId));
  }
}

function readNote(bytes: Uint8Array): { loadId: string; attempt?: string } {
  return JSON.parse(new TextDecoder().decode(bytes)) as { loadId: string; attempt?: string };
}

function jsonl(row: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(row));
}
