import type { Options, PostgresType, Sql } from "postgres";
import { RunletError } from "../../errors.ts";
import { hostOf, type ServerAddress } from "./address.ts";
import { copyIn } from "./copy-in.ts";
import { isConnectionLost } from "./errors.ts";
import { resultTypes } from "./result-types.ts";

export type Types = Record<string, PostgresType>;
export type Client = Sql<Record<string, unknown>>;
type Driver = (url: string, options: Options<Types>) => Client;
/** Opens a TCP connection, one of `node:net`. */
export type OpenSocket = (host: string, port: number) => unknown;

/** Loads postgres.js, the package `postgres`.
 *  @throws RunletError DRIVER_MISSING */
export async function loadDriver(): Promise<Driver> {
  try {
    return (await import("postgres")).default as unknown as Driver;
  } catch (cause) {
    throw new RunletError("DRIVER_MISSING", "the Postgres driver, package postgres, is not installed", {
      hint: "npm install postgres",
      cause,
    });
  }
}

/** A parameter with the type it is sent as; type 0 leaves it to the server. */
export interface Parameter {
  text: string;
  /** Object id of the type in `pg_type`. */
  type: number;
}

/** One connection to a server, opened by its first statement. Unlike the driver's own it does not come back by itself:
 *  once it is lost every call fails, so that the rest of a transaction can never run, and stay, without its beginning. */
export class Connection {
  readonly client: Client;
  #lost = false;

  constructor(driver: Driver, address: ServerAddress, openSocket: OpenSocket | undefined) {
    const hostname = hostOf(new URL(address.url));
    // The driver itself tries one host after the other, and finds sockets that are files.
    const single = hostname !== "" && !hostname.includes(",") && !hostname.includes("%2F");
    const socket = ({ port }: { port: number[] }): unknown => openSocket!(hostname, port[0]!);
    this.client = driver(address.url, {
      ...(openSocket && single ? ({ socket } as object) : {}),
      max: 1,
      ssl: address.ssl as never,
      types: resultTypes(),
      fetch_types: false,
      // A pooler between may give each transaction another server process, without the statements prepared before.
      prepare: false,
      idle_timeout: null as never,
      max_lifetime: null,
      connection: { application_name: "runlet" },
      onnotice: () => undefined,
      onclose: () => void (this.#lost = true),
    });
  }

  get lost(): boolean {
    return this.#lost;
  }

  /** Runs one statement; rows as arrays, values as {@link resultTypes} reads them. */
  async rows(sql: string, parameters: readonly (string | Parameter)[] = []): Promise<ResultRows> {
    this.#check();
    const values = parameters.map((value) =>
      typeof value === "string"
        ? this.client.typed(value as never, 25)
        : this.client.typed(value.text as never, value.type),
    );
    const result = await this.#watch(
      this.client.unsafe(sql, values, { prepare: false, simple: false } as { prepare: boolean }).values(),
    );
    const columns = (result.columns as unknown as { name: string; type: number }[] | undefined) ?? [];
    return {
      names: columns.map(({ name }) => name),
      types: columns.map(({ type }) => type),
      rows: result as unknown as unknown[][],
    };
  }

  /** Runs one statement and forgets its result. */
  async run(sql: string, parameters: readonly (string | Parameter)[] = []): Promise<void> {
    await this.rows(sql, parameters);
  }

  /** Runs `COPY … FROM STDIN`, sending the chunks no faster than the server takes them. */
  async copy(sql: string, chunks: Iterable<Uint8Array>): Promise<void> {
    this.#check();
    await this.#watch(copyIn(this.client, sql, chunks));
  }

  /** Does `work` in one transaction, undone when it fails. */
  async transaction<T>(mode: string, work: () => Promise<T>): Promise<T> {
    await this.run(`BEGIN ${mode}`);
    try {
      const result = await work();
      await this.run("COMMIT");
      return result;
    } catch (error) {
      if (!this.#lost) await this.run("ROLLBACK").catch(() => undefined);
      throw error;
    }
  }

  /** Closes the connection; what is running on it gets five seconds to end. */
  async close(): Promise<void> {
    await this.client.end({ timeout: this.#lost ? 0 : 5 });
  }

  /** The driver learns of an error before the end of the connection: what is asked between the two would wait for a new one. */
  async #watch<T>(answer: PromiseLike<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (isConnectionLost(error)) this.#lost = true;
      throw error;
    }
  }

  #check(): void {
    if (this.#lost) throw new ConnectionLost();
  }
}

export interface ResultRows {
  names: string[];
  /** Object ids of the columns' types. */
  types: number[];
  rows: unknown[][];
}

/** The connection ended before the work on it. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
  readonly code = "CONNECTION_CLOSED";

  constructor() {
    super("the connection was closed");
  }
}
