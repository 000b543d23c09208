import { duckdb } from "../core/destinations/duckdb/index.ts";
import { disk, parquet, s3 } from "../core/destinations/parquet/index.ts";
import { postgres } from "../core/destinations/postgres/index.ts";
import type { Destination } from "../core/destinations/contract.ts";
import { RunletError } from "../core/errors.ts";

/** What an address may be, for messages. */
export const ADDRESSES =
  "duckdb:<file>, duckdb::memory:, <file>.duckdb, postgres://user@host/database, parquet:<folder> or parquet:s3://bucket/prefix";

/** Whether a text is meant as an address: it has a scheme, or a database file's ending. */
export function isAddress(text: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(text) || /\.(duckdb|ddb|db)$/i.test(text);
}

/** The destination an address names: `duckdb:path`, `duckdb::memory:`, a path that ends in `.duckdb` or `.db`,
 *  `parquet:folder`, `parquet:s3://bucket/prefix`, a URL of Postgres, or what is printed of one,
 *  `postgres:host:port/database` (user and password then as libpq has them, in PGUSER and PGPASSWORD).
 *  @throws RunletError USAGE, without the address where that may hold a password */
export function destinationAt(address: string): Destination {
  const [, scheme, rest = ""] = /^([a-z][a-z0-9+.-]+):(.*)$/is.exec(address) ?? [];
  switch (scheme?.toLowerCase()) {
    case undefined:
      if (/\.(duckdb|ddb|db)$/i.test(address)) return duckdb(address);
      break;
    case "duckdb":
      if (rest !== "") return duckdb(rest);
      throw new RunletError("USAGE", `${address} names no file`, {
        hint: "write duckdb:data.duckdb, or duckdb::memory: for a database that is gone afterwards",
      });
    case "parquet":
      if (rest === "" || /^s3:\/*$/i.test(rest)) {
        throw new RunletError("USAGE", `${address} names no folder`, {
          hint: "write parquet:lake or parquet:s3://bucket/prefix",
        });
      }
      return parquet(/^s3:\/\//i.test(rest) ? s3(rest) : disk(rest));
    case "postgres":
    case "postgresql":
      return postgres(serverUrl(`postgres:${rest.startsWith("//") ? rest : `//${rest}`}`));
  }
  const what = scheme ? `there is no destination ${scheme}: in this version` : `this is no destination`;
  throw new RunletError("USAGE", what, { hint: `it may be ${ADDRESSES}` });
}

/** The address as a person types it again: a password is left out. */
export function withoutPassword(address: string): string {
  return address.replace(/^(postgres(?:ql)?:\/\/[^:@/?#]*):.*@/i, "$1:…@");
}

function serverUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // A password with one of / ? # in it ends the host's name too early; what follows must not be taken for a database.
  if (url && url.hash === "" && !url.pathname.includes("@")) return text;
  throw new RunletError("USAGE", "the address of the Postgres server is not a URL", {
    hint: "it looks like postgres://user:password@host:5432/database?sslmode=require; special characters in the password are percent-encoded, or it is in PGPASSWORD",
  });
}
