import { duckdb } from "../core/destinations/duckdb/index.ts";
import type { Destination } from "../core/destinations/contract.ts";
import { RunletError } from "../core/errors.ts";

/** What an address may be, for messages. */
export const ADDRESSES = "duckdb:<file>, duckdb::memory: or <file>.duckdb";

/** The destination an address names: `duckdb:path`, `duckdb::memory:`, or a path that ends in `.duckdb` or `.db`.
 *  @throws RunletError USAGE */
export function destinationAt(address: string): Destination {
  const scheme = /^([a-z][a-z0-9+.-]+):(.*)$/is.exec(address);
  if (scheme?.[1]!.toLowerCase() === "duckdb") {
    if (scheme[2] === "") {
      throw new RunletError("USAGE", `${address} names no file`, {
        hint: "write duckdb:data.duckdb, or duckdb::memory: for a database that is gone afterwards",
      });
    }
    return duckdb(scheme[2]);
  }
  if (!scheme && /\.(duckdb|ddb|db)$/i.test(address)) return duckdb(address);
  const what = scheme
    ? `there is no destination ${scheme[1]}: in this version`
    : `"${address}" is no destination`;
  throw new RunletError("USAGE", what, { hint: `it may be ${ADDRESSES}` });
}
