import { quoteName } from "../sql/quote.ts";
import type { Connection } from "./connection.ts";
import type { StoredColumn } from "./tables.ts";
import type { StoredType } from "./types.ts";

/** Largest bigint that a double can hold; above it a conversion back would be out of range. */
export const LARGEST_EXACT = "9223372036854774784";

/** Type that holds every value of both, or undefined. A double is one where each integer is exact, which is asked of
 *  the values. */
function commonType(base: StoredType, variant: StoredType): string | undefined {
  const names = [base.name, variant.name];
  if (!names.includes("int8")) return undefined;
  if (names.includes("float8")) return "double precision";
  const digits = base.digits ?? variant.digits;
  if (!digits) return undefined;
  const integers = Math.max(digits.precision - digits.scale, 19);
  // dlt's decimals, and Arrow's, have at most 38 digits.
  return integers + digits.scale <= 38 ? `numeric(${integers + digits.scale},${digits.scale})` : undefined;
}

/** A table, as SQL, and its columns. */
export interface Widened {
  target: string;
  columns: readonly StoredColumn[];
}

/** Folds the column `variant` into `base`, in all of the tables, where no value changes. Returns whether it did; else
 *  nothing has changed. */
export async function foldVariant(
  connection: Connection,
  tables: readonly Widened[],
  base: string,
  variant: string,
): Promise<boolean> {
  const types: string[] = [];
  for (const table of tables) {
    const type = await foldedType(connection, table, base, variant);
    if (type === undefined) return false;
    types.push(type);
  }
  const [baseName, variantName] = [quoteName(base), quoteName(variant)];
  for (const [index, { target }] of tables.entries()) {
    const type = types[index];
    await connection.run(
      `ALTER TABLE ${target} ALTER ${baseName} TYPE ${type} USING coalesce(${variantName}::${type}, ${baseName}::${type})`,
    );
    await connection.run(`ALTER TABLE ${target} DROP COLUMN ${variantName}`);
  }
  return true;
}

/** The type that holds all values of both columns; undefined where there is none. */
async function foldedType(
  connection: Connection,
  { target, columns }: Widened,
  base: string,
  variant: string,
): Promise<string | undefined> {
  const to = columns.find(({ name }) => name === base);
  const from = columns.find(({ name }) => name === variant);
  const type = to && from && commonType(to.type, from.type);
  if (!type) return undefined;
  if (type === "double precision") {
    const integers = quoteName(to.type.name === "int8" ? base : variant);
    const { rows } = await connection.rows(
      `SELECT 1 FROM ${target} WHERE CASE WHEN ${integers} > ${LARGEST_EXACT} THEN true
         ELSE ${integers}::double precision::bigint <> ${integers} END LIMIT 1`,
    );
    if (rows.length > 0) return undefined;
  }
  return type;
}
