import { RunletError } from "../../errors.ts";
import type { OpenFolder } from "../../folders/folder.ts";
import { checkpointFile, commitFile, COMMITS, sequenceOf } from "./names.ts";
import { applied, type Commit, emptySnapshot, type Snapshot } from "./snapshot.ts";

/** Every so many commits the whole snapshot is written beside them, and what is older than the one before goes. */
const CHECKPOINT_EVERY = 50;
const READ_AT_ONCE = 16;

/** The numbered commits of a dataset: each an object that is stored only where none of that number is (the protocol of
 *  Delta Lake's log), so that of two loads that end at once one comes first and the other sees it. */
export class CommitLog {
  readonly #folder: OpenFolder;
  readonly #where: string;
  #snapshot: Snapshot = emptySnapshot();

  /** `where` names the dataset for messages. */
  constructor(folder: OpenFolder, where: string) {
    this.#folder = folder;
    this.#where = where;
  }

  /** The newest snapshot. */
  async read(): Promise<Snapshot> {
    for (let attempt = 1; ; attempt++) {
      const found = await this.#catchUp();
      if (typeof found !== "string") return found;
      if (attempt === 3) throw this.#damaged(found);
    }
  }

  /** Text says what was in the way: another run clears away what was listed, or a list made meanwhile has a commit, but not
   *  the one before it. */
  async #catchUp(): Promise<Snapshot | string> {
    const names = (await this.#folder.list(COMMITS)).flatMap(({ name }) => {
      const parsed = sequenceOf(name);
      return parsed ? [{ name, ...parsed }] : [];
    });
    let base = this.#snapshot;
    const newest = Math.max(0, ...names.map(({ sequence }) => sequence));
    if (newest < base.sequence) base = emptySnapshot();
    const checkpoint = names.findLast((item) => item.checkpoint && item.sequence > base.sequence);
    if (checkpoint) {
      const read = await this.#object<Snapshot>(checkpoint.name);
      if (!read) return `${checkpoint.name} is missing`;
      base = read;
    }
    const later = names.filter((item) => !item.checkpoint && item.sequence > base.sequence);
    for (let at = 0; at < later.length; at += READ_AT_ONCE) {
      const commits = await Promise.all(
        later.slice(at, at + READ_AT_ONCE).map(({ name }) => this.#object<Commit>(name)),
      );
      for (const commit of commits) {
        if (commit?.sequence !== base.sequence + 1) return `commit ${base.sequence + 1} is missing`;
        base = applied(base, commit);
      }
    }
    return (this.#snapshot = base);
  }

  /** Stores a commit. False: one of that number is there already. */
  async append(commit: Commit): Promise<boolean> {
    return this.#folder.put(commitFile(commit.sequence), encode(commit), { ifAbsent: true });
  }

  /** A commit of that number, while it is kept. */
  commit(sequence: number): Promise<Commit | undefined> {
    return this.#object<Commit>(commitFile(sequence));
  }

  /** The commit of a load, among those that are kept, the newest first. */
  async commitOf(loadId: string): Promise<Commit | undefined> {
    const { sequence } = this.#snapshot;
    for (let at = sequence; at > Math.max(0, sequence - 2 * CHECKPOINT_EVERY); at--) {
      const commit = await this.commit(at);
      if (commit?.loadId === loadId) return commit;
    }
    return undefined;
  }

  /** Writes a checkpoint where one is due, and takes away what it makes superfluous. */
  async checkpoint(snapshot: Snapshot): Promise<void> {
    if (snapshot.sequence % CHECKPOINT_EVERY !== 0) return;
    await this.#folder.put(checkpointFile(snapshot.sequence), encode(snapshot));
    const superfluous = (await this.#folder.list(COMMITS)).filter(({ name }) => {
      const item = sequenceOf(name);
      return item !== undefined && item.sequence < snapshot.sequence - CHECKPOINT_EVERY;
    });
    for (const { name } of superfluous) await this.#folder.remove(name);
  }

  async #object<T>(name: string): Promise<T | undefined> {
    const bytes = await this.#folder.get(name);
    if (!bytes) return undefined;
    try {
      return JSON.parse(new TextDecoder().decode(bytes)) as T;
    } catch (cause) {
      throw this.#damaged(`${name} is no JSON`, cause);
    }
  }

  #damaged(what: string, cause?: unknown): RunletError {
    return new RunletError("DESTINATION_FAILED", `the commits of ${this.#where} are damaged: ${what}`, {
      hint: "nothing was changed: restore the folder _runlet_commits",
      cause,
    });
  }
}

function encode(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value)}\n`);
}
