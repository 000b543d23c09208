import { RunletError } from "../errors.ts";
import { type Folder, type FolderOptions, type OpenFolder, prefixOf } from "../folders/folder.ts";
import { failpoint } from "./failpoints.ts";
import { lockInFolder } from "./folder-lock.ts";
import type { Storage, StoredItem } from "./storage.ts";

/** Ends the name of a blob that says: what is called as the rest of the name is being removed. */
const REMOVED = ".removed";

/** A storage for a pipeline's load packages in a folder, such as a bucket, where nothing can be renamed: packages below
 *  `<pipeline>/packages/`, locks below `<pipeline>/locks/`. */
export async function openFolderStorage(
  folder: Folder,
  pipeline: string,
  options: FolderOptions,
): Promise<Storage> {
  const opened = await folder.open(options);
  const home = prefixOf(pipeline.replace(/[^\p{L}\p{N}._-]+/gu, "_").replace(/^\.*$/, "_"));
  return new FolderStorage(opened, folder.at, home);
}

class FolderStorage implements Storage {
  readonly place: string;
  readonly workingFolder: string;
  private readonly folder: OpenFolder;
  private readonly home: string;
  /** Whether another run has taken over what this one holds. */
  private lost: () => boolean = () => false;

  constructor(folder: OpenFolder, at: string, home: string) {
    this.folder = folder;
    this.home = home;
    this.workingFolder = at;
    this.place = `${at.replace(/\/$/, "")}/${home}packages`;
  }

  async write(
    name: string,
    bytes: Uint8Array | AsyncIterable<Uint8Array>,
    { later = false } = {},
  ): Promise<void> {
    if (this.lost()) {
      throw new RunletError(
        "CONCURRENT_RUN",
        `the hold on ${this.place} was lost: another run has taken over`,
        {
          hint: "nothing was changed · the run took longer than its signs of life could get through; run again",
        },
      );
    }
    const whole = bytes instanceof Uint8Array ? bytes : await gathered(bytes);
    if (!later) failpoint("package.seal.during");
    failpoint("package.segment.during");
    await this.folder.put(this.at(name), whole);
  }

  read(name: string): Promise<Uint8Array | undefined> {
    return this.folder.get(this.at(name));
  }

  async list(folder: string): Promise<StoredItem[]> {
    const above = folder === "" ? this.at("") : `${this.at(folder)}/`;
    const items = new Map<string, StoredItem>();
    for (const { name, bytes } of await this.folder.list(above)) {
      const [first, ...below] = name.slice(above.length).split("/") as [string, ...string[]];
      if (below.length === 0) items.set(first, { name: first, isFolder: false, bytes });
      else items.set(first, { name: first, isFolder: true, bytes: 0 });
    }
    // A crash came between: what was to go goes now.
    for (const name of [...items.keys()].filter((each) => each.endsWith(REMOVED))) {
      const removed = name.slice(0, -REMOVED.length);
      await this.finishRemoval(folder === "" ? removed : `${folder}/${removed}`);
      items.delete(name);
      items.delete(removed);
    }
    return [...items.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Nothing removes several objects at once: a blob beside them says that they are gone, whenever they go. */
  async remove(name: string): Promise<void> {
    const inside = await this.folder.list(`${this.at(name)}/`);
    if (inside.length === 0) return this.folder.remove(this.at(name));
    await this.folder.put(this.at(name + REMOVED), new Uint8Array());
    failpoint("package.remove.during");
    await this.finishRemoval(name);
  }

  private async finishRemoval(name: string): Promise<void> {
    for (const item of await this.folder.list(`${this.at(name)}/`)) await this.folder.remove(item.name);
    await this.folder.remove(this.at(name));
    await this.folder.remove(this.at(name + REMOVED));
  }

  async lock(name: string, what: string) {
    const lock = await lockInFolder(this.folder, `${this.home}locks/${name}/`, what);
    this.lost = lock.lost;
    return lock;
  }

  private at(name: string): string {
    return `${this.home}packages/${name}`;
  }
}

async function gathered(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const kept: Uint8Array<ArrayBuffer>[] = [];
  for await (const part of parts) kept.push(part.slice());
  return new Uint8Array(await new Blob(kept).arrayBuffer());
}
