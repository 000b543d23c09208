import type { DuckDBDriver } from "./driver.ts";

/** A database in memory that outlives its sessions: opened by the first, kept until it is closed or collected. */
export class MemoryDatabase {
  readonly #open: () => Promise<DuckDBDriver>;
  #driver: Promise<DuckDBDriver> | undefined;

  constructor(open: () => Promise<DuckDBDriver>) {
    this.#open = open;
  }

  /** The driver for one more session, whose closing it leaves the database open. */
  async share(): Promise<DuckDBDriver> {
    this.#driver ??= this.#open().catch((error: unknown) => {
      this.#driver = undefined;
      throw error;
    });
    const driver = await this.#driver;
    return {
      timeZones: driver.timeZones,
      connect: () => driver.connect(),
      close: () => Promise.resolve(),
      claimWriter: () => driver.claimWriter(),
      releaseWriter: () => driver.releaseWriter(),
    };
  }

  async close(): Promise<void> {
    const driver = this.#driver;
    this.#driver = undefined;
    await (await driver)?.close();
  }
}
