import { quoteName } from "../sql/quote.ts";
import type { Connection } from "./connection.ts";
import { qualified } from "./tables.ts";

/** Lets a column hold a value several times, as row ids do where a table keeps versions: takes away the unique index that
 *  dlt, or a load that did not keep them, has made. A primary key stays: it is somebody's own. */
export async function allowDoubles(
  connection: Connection,
  dataset: string,
  table: string,
  column: string,
): Promise<void> {
  const { rows } = await connection.rows(
    `SELECT c.relname::text, k.conname::text FROM pg_catalog.pg_index i
     JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
     JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
     JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
     LEFT JOIN pg_catalog.pg_constraint k ON k.conindid = i.indexrelid AND k.contype = 'u'
     WHERE n.nspname = $1 AND t.relname = $2 AND a.attname = $3
       AND i.indisunique AND NOT i.indisprimary AND i.indnatts = 1 AND i.indpred IS NULL`,
    [dataset, table, column],
  );
  for (const [index, constraint] of rows as [string, string | null][]) {
    await connection.run(
      constraint === null
        ? `DROP INDEX ${qualified(dataset, index)}`
        : `ALTER TABLE ${qualified(dataset, table)} DROP CONSTRAINT ${quoteName(constraint)}`,
    );
  }
}
