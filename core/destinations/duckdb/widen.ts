import { readRows } from "../../arrow/ipc-rows.ts";
import { quoteName } from "../sql/quote.ts";
import type { DuckDBConnection } from "./driver.ts";
import { sameName, type StoredColumn } from "./tables.ts";
import { decimalOf } from "./types.ts";

/** Type that holds every value of both, or undefined. DOUBLE is one where each integer is exact, which is asked of the
 *  values. */
function commonType(base: string, variant: string): string | undefined {
  const pair = [base, variant];
  if (pair.includes("DOUBLE") && pair.includes("BIGINT")) return "DOUBLE";
  const decimal = decimalOf(base) ?? decimalOf(variant);
  if (decimal && pair.includes("BIGINT")) {
    const integers = Math.max(decimal.precision - decimal.scale, 19);
    return integers + decimal.scale <= 38
      ? `DECIMAL(${integers + decimal.scale},${decimal.scale})`
      : undefined;
  }
  return undefined;
}

/** A table, as SQL, and its columns. */
export interface Widened {
  target: string;
  columns: readonly StoredColumn[];
}

/** Folds the column `variant` into `base`, in all of the tables, where no value changes. Returns whether it did; else
 *  nothing has changed. */
export async function foldVariant(
  connection: DuckDBConnection,
  tables: readonly Widened[],
  base: string,
  variant: string,
): Promise<boolean> {
  const folds: Fold[] = [];
  for (const table of tables) {
    const fold = await foldOf(connection, table, base, variant);
    if (!fold) return false;
    folds.push(fold);
  }
  for (const { target, to, from, type } of folds) {
    const [baseName, variantName] = [quoteName(to.name), quoteName(from.name)];
    if (to.type !== type) await connection.exec(`ALTER TABLE ${target} ALTER ${baseName} TYPE ${type}`);
    await connection.exec(
      `UPDATE ${target} SET ${baseName} = CAST(${variantName} AS ${type}) WHERE ${variantName} IS NOT NULL`,
    );
    await connection.exec(`ALTER TABLE ${target} DROP COLUMN ${variantName}`);
  }
  return true;
}

interface Fold {
  target: string;
  to: StoredColumn;
  from: StoredColumn;
  type: string;
}

async function foldOf(
  connection: DuckDBConnection,
  { target, columns }: Widened,
  base: string,
  variant: string,
): Promise<Fold | undefined> {
  const find = (name: string): StoredColumn | undefined =>
    columns.find((column) => sameName(column.name) === sameName(name));
  const [to, from] = [find(base), find(variant)];
  const type = to && from && commonType(to.type, from.type);
  if (!to || !from || !type) return undefined;
  if (type === "DOUBLE") {
    const integers = quoteName(to.type === "BIGINT" ? to.name : from.name);
    const inexact = await connection.query(
      `SELECT 1 FROM ${target} WHERE CAST(CAST(${integers} AS DOUBLE) AS HUGEINT) <> ${integers} LIMIT 1`,
    );
    if (readRows(inexact).length > 0) return undefined;
  }
  return { target, to, from, type };
}
