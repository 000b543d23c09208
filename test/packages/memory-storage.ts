import { RunletError } from "../../core/errors.ts";
import { failpoint } from "../../core/packages/failpoints.ts";
import type { Storage } from "../../core/packages/storage.ts";

/** A storage in memory. What is written "later" and not sealed is lost in {@link MemoryStorage.powerCut}. */
export class MemoryStorage implements Storage {
  readonly place = "memory";
  readonly workingFolder = "/";
  readonly blobs = new Map<string, { bytes: Uint8Array; durable: boolean }>();
  private readonly locks = new Set<string>();

  async write(
    name: string,
    bytes: Uint8Array | AsyncIterable<Uint8Array>,
    { later = false }: { later?: boolean } = {},
  ): Promise<void> {
    if (!(bytes instanceof Uint8Array)) throw new Error("whole blobs only");
    if (!later) failpoint("package.seal.during");
    this.blobs.set(name, { bytes: bytes.slice(), durable: false });
    if (later) return;
    const folder = name.slice(0, name.lastIndexOf("/") + 1);
    for (const [other, blob] of this.blobs) if (other.startsWith(folder)) blob.durable = true;
  }

  async read(name: string): Promise<Uint8Array | undefined> {
    return this.blobs.get(name)?.bytes;
  }

  async list(folder: string) {
    const above = folder === "" ? "" : `${folder}/`;
    const inside = [...this.blobs.keys()].filter((name) => name.startsWith(above));
    const names = new Set(inside.map((name) => name.slice(above.length).split("/")[0]!));
    return [...names].sort().map((name) => {
      const bytes = this.blobs.get(above + name)?.bytes.byteLength;
      return { name, isFolder: bytes === undefined, bytes: bytes ?? 0 };
    });
  }

  async remove(name: string): Promise<void> {
    for (const blob of [...this.blobs.keys()])
      if (blob === name || blob.startsWith(`${name}/`)) this.blobs.delete(blob);
  }

  async lock(name: string, what: string) {
    if (this.locks.has(name)) throw new RunletError("CONCURRENT_RUN", `${what} is being run`);
    this.locks.add(name);
    return { release: async () => void this.locks.delete(name) };
  }

  /** What was not durable is gone, and with the process its locks. */
  powerCut(): void {
    this.locks.clear();
    for (const [name, blob] of this.blobs) if (!blob.durable) this.blobs.delete(name);
  }
}
