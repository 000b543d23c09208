import type { Json } from "../json.ts";
import { sha256 } from "../packages/digest.ts";
import type { Bytes } from "../pipeline/data.ts";
import { resumable, type Opening, type Place } from "../pipeline/resumable.ts";

/** A file, and what tells it from others and from itself before a change. */
export interface WalkedFile {
  /** For people. */
  readonly path: string;
  readonly size: number;
  /** Milliseconds since the Unix epoch, where known. */
  readonly modified?: number | undefined;
  open(): Bytes;
}

/** Files one after another; a later run can go on after any of them. It reads those that no earlier run of the round
 *  has, a file that has changed since among them. */
export function fileWalk(of: string, files: () => Promise<readonly WalkedFile[]>): AsyncIterable<Bytes> {
  return resumable((at) => new FileWalk(of, files, at));
}

/** Hex digits that stand for a file that is done. */
const MARK = 12;

/** What of a walk the state keeps. */
interface StoredWalk {
  /** Where the files are looked for, which the next run's must be, too. */
  of: string;
  /** Marks of the files that are done. */
  done: string;
}

class FileWalk implements Opening<Bytes> {
  private readonly of: string;
  private readonly files: () => Promise<readonly WalkedFile[]>;
  private readonly before: StoredWalk | undefined;
  private readonly over: string | undefined;
  private readonly given: WalkedFile[] = [];
  private next: WalkedFile | undefined;

  constructor(of: string, files: () => Promise<readonly WalkedFile[]>, at: Json | undefined) {
    this.of = of;
    this.files = files;
    const before = (at ?? undefined) as unknown as StoredWalk | undefined;
    if (before?.of === of && typeof before.done === "string") this.before = before;
    else if (before) this.over = `it read other files when it was left, ${before.of}`;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Bytes> {
    const done = new Set(this.before?.done.match(new RegExp(`.{${MARK}}`, "g")));
    const open: WalkedFile[] = [];
    for (const file of await this.files())
      if (done.size === 0 || !done.has(await markOf(file))) open.push(file);
    for (const [at, file] of open.entries()) {
      this.given.push(file);
      this.next = open[at + 1];
      yield file.open();
    }
  }

  async place(): Promise<Place | undefined> {
    if (!this.next) return undefined;
    const marks = await Promise.all(this.given.map(markOf));
    const stored: StoredWalk = { of: this.of, done: (this.before?.done ?? "") + marks.join("") };
    return { at: stored as unknown as Json, label: this.next.path };
  }

  startedOver(): string | undefined {
    return this.over;
  }
}

async function markOf({ path, size, modified }: WalkedFile): Promise<string> {
  const digest = await sha256(new TextEncoder().encode(JSON.stringify([path, size, modified ?? null])));
  return digest.slice(0, MARK);
}
