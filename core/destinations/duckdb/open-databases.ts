import { CATALOG, type DuckDBConnection, type DuckDBDriver } from "./driver.ts";

/** An engine that has one database open. */
export interface DatabaseEngine {
  /** Whether it knows time zones. */
  readonly timeZones: boolean;
  connect(): Promise<DuckDBConnection>;
  /** Writes what is not on the disk yet and lets go of the files. */
  close(): Promise<void>;
}

interface OpenDatabase {
  opened: Promise<DatabaseEngine>;
  /** Sessions that use it. */
  holders: number;
  writing: boolean;
}

/** The databases a host has open. Sessions that name the same file share the engine that opened it; the last one closes
 *  it, and who opens the file meanwhile waits for that. */
export class OpenDatabases {
  readonly #files = new Map<string, OpenDatabase>();
  readonly #closing = new Map<string, Promise<void>>();

  /** A driver for one more session. `key` is the one name of a file; undefined: a database that is not shared. */
  async share(key: string | undefined, open: () => Promise<DatabaseEngine>): Promise<DuckDBDriver> {
    while (key !== undefined && this.#closing.has(key)) await this.#closing.get(key);
    const database = (key === undefined ? undefined : this.#files.get(key)) ?? {
      opened: open(),
      holders: 0,
      writing: false,
    };
    // Counted before waiting: the last other holder may close meanwhile.
    database.holders++;
    if (key !== undefined) this.#files.set(key, database);
    const leave = (): boolean => {
      if (--database.holders > 0) return false;
      if (key !== undefined) this.#files.delete(key);
      return true;
    };
    const engine = await database.opened.catch((error: unknown) => {
      leave();
      throw error;
    });
    let held = true;
    return {
      timeZones: engine.timeZones,
      async connect() {
        const connection = await engine.connect();
        await connection.exec(`USE ${CATALOG}`);
        return connection;
      },
      close: async () => {
        if (!held) return;
        held = false;
        if (!leave()) return;
        const closed = engine.close().finally(() => {
          if (key !== undefined) this.#closing.delete(key);
        });
        if (key !== undefined) this.#closing.set(key, closed);
        await closed;
      },
      claimWriter() {
        if (database.writing) return false;
        return (database.writing = true);
      },
      releaseWriter() {
        database.writing = false;
      },
    };
  }

  /** Whether the file is open, or being closed. */
  has(key: string): boolean {
    return this.#files.has(key) || this.#closing.has(key);
  }
}
