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

/** Folds the column `variant` into `base` where no value changes. Returns whether it did; else nothing has changed. */
export async function foldVariant(
  connection: DuckDBConnection,
  target: string,
  columns: readonly StoredColumn[],
  base: string,
  variant: string,
): Promise<boolean> {
  const find = (name: string): StoredColumn | undefined =>
    columns.find((column) => sameName(column.name) === sameName(name));
  const [to, from] = [find(base), find(variant)];
  const type = to && from && commonType(to.type, from.type);
  if (!to || !from || !type) return false;
  const [baseName, variantName] = [quoteName(to.name), quoteName(from.name)];
  if (type === "DOUBLE") {
    const integers = to.type === "BIGINT" ? baseName : variantName;
    const inexact = await connection.query(
      `SELECT 1 FROM ${target} WHERE CAST(CAST(${integers} AS DOUBLE) AS HUGEINT) <> ${integers} LIMIT 1`,
    );
    if (readRows(inexact).length > 0) return false;
  }
  if (to.type !== type) await connection.exec(`ALTER TABLE ${target} ALTER ${baseName} TYPE ${type}`);
  await connection.exec(
    `UPDATE ${target} SET ${baseName} = CAST(${variantName} AS ${type}) WHERE ${variantName} IS NOT NULL`,
  );
  await connection.exec(`ALTER TABLE ${target} DROP COLUMN ${variantName}`);
  return true;
}
