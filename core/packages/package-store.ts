import { RunletError } from "../errors.ts";
import { type Manifest, type PackageFile, parseManifest, printManifest } from "./manifest.ts";
import { sha256 } from "./digest.ts";
import type { Storage } from "./storage.ts";

/** The packages in one storage. */
export class PackageStore {
  readonly storage: Storage;

  constructor(storage: Storage) {
    this.storage = storage;
  }

  /** Load ids of all packages, also of those a crash cut off, oldest first. */
  async ids(): Promise<string[]> {
    const items = await this.storage.list("");
    return items.filter(({ name, isFolder }) => isFolder && /^[\w.-]+$/.test(name)).map(({ name }) => name);
  }

  /** Undefined when there is no such package, or a crash left it without a manifest. */
  async manifest(loadId: string): Promise<Manifest | undefined> {
    const bytes = await this.storage.read(`${loadId}/manifest.json`);
    if (!bytes) return undefined;
    return parseManifest(new TextDecoder().decode(bytes), `${this.storage.place}/${loadId}/manifest.json`);
  }

  /** All packages that have a manifest, oldest first. */
  async list(): Promise<Manifest[]> {
    const found: Manifest[] = [];
    for (const id of await this.ids()) {
      const manifest = await this.manifest(id);
      if (manifest) found.push(manifest);
    }
    return found;
  }

  /** A package's file, as it was when it was sealed. @throws RunletError STORAGE_FAILED */
  async file(loadId: string, { file, bytes, sha256: digest }: PackageFile): Promise<Uint8Array> {
    const found = await this.storage.read(`${loadId}/${file}`);
    if (found?.byteLength === bytes && (await sha256(found)) === digest) return found;
    const place = `${this.storage.place}/${loadId}/${file}`;
    const what = found ? `${place} is not what was written` : `${place} is missing`;
    throw new RunletError("STORAGE_FAILED", `${what}: load package ${loadId} is damaged`, {
      hint: `nothing of it was loaded · restore the file, or runlet packages drop ${loadId} and run again: the data is then read anew`,
    });
  }

  async mark(manifest: Manifest, status: Manifest["status"], more: Partial<Manifest> = {}): Promise<void> {
    const bytes = new TextEncoder().encode(printManifest({ ...manifest, ...more, status }));
    await this.storage.write(`${manifest.loadId}/manifest.json`, bytes);
  }

  remove(loadId: string): Promise<void> {
    return this.storage.remove(loadId);
  }
}
