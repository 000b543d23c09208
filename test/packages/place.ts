import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { installHost, type Dataset, type Destination, type Host } from "../../core/index.ts";
import { duckdb } from "../../core/destinations/duckdb/index.ts";
import { PackageStore } from "../../core/packages/package-store.ts";
import { nodeHost } from "../../host-node/host.ts";
import { storageAt } from "../../host-node/storage.ts";

/** A folder of the test file's own, with databases and a storage home in it. */
export class Place {
  readonly folder = mkdtempSync(join(tmpdir(), "runlet-packages-"));
  readonly logged: string[] = [];
  private names = 0;
  home = this.at("home");

  constructor() {
    afterAll(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  at(name: string): string {
    return join(this.folder, name);
  }

  /** A new database file. */
  database(): Destination {
    return duckdb(this.at(`${++this.names}.duckdb`), { driver: "native" });
  }

  /** Installs the Node host with a new storage home. */
  machine(more: Partial<Host> = {}): void {
    this.home = this.at(`home-${++this.names}`);
    this.logged.length = 0;
    installHost({
      ...nodeHost,
      log: (line) => void this.logged.push(line),
      storage: (name) => storageAt(name, this.home),
      ...more,
    });
  }

  store(pipeline: string): PackageStore {
    return new PackageStore(storageAt(pipeline, this.home));
  }
}

/** Fails the run at the n-th time it passes a failpoint, and lets nothing be put in order after that. */
export class Crash extends Error {}

export async function rows(dataset: Dataset, sql: string): Promise<unknown[]> {
  return (await dataset.query(sql)).map((row) => {
    const values = Object.values(row).map((value) => (typeof value === "bigint" ? Number(value) : value));
    return values.length === 1 ? values[0] : values;
  });
}
