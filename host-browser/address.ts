import type { Destination } from "../core/destinations/contract.ts";
import { RunletError } from "../core/errors.ts";
import { hasOpfs, OPFS } from "./opfs.ts";

/** The destination an address names: `duckdb:opfs://name.duckdb`, `duckdb:name.duckdb` (the same), `duckdb::memory:`.
 *  @throws RunletError USAGE */
export async function destinationAt(address: string): Promise<Destination> {
  const path = /^duckdb:(.+)$/i.exec(address)?.[1] ?? (/\.duckdb$/i.test(address) ? address : undefined);
  if (path === undefined || /^[a-z][a-z\d+.-]+:/i.test(path.replace(/^opfs:/, ""))) {
    throw new RunletError("USAGE", "this is no destination that a browser can open by its address", {
      hint: "it may be duckdb:opfs://name.duckdb or duckdb::memory:; give others as run({ to })",
    });
  }
  const { duckdb } = await import("../core/destinations/duckdb/index.ts");
  return duckdb(path);
}

/** Where a pipeline loads to when nobody says: a DuckDB database named after it, kept by the browser; in memory where the
 *  page may keep nothing. */
export function defaultAddress(pipeline: string): string {
  return hasOpfs()
    ? `duckdb:${OPFS}${pipeline.replace(/[^\p{L}\p{N}._-]+/gu, "_")}.duckdb`
    : "duckdb::memory:";
}
