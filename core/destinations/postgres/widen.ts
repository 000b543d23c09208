import { quoteName } from "../sql/quote.ts";
import type { Connection } from "./connection.ts";
import type { StoredColumn } from "./tables.ts";
import type { StoredType } from "./types.ts";

/** Largest bigint that a double can hold; above it a conversion back would be out of range. */
const LARGEST_EXACT = "9223372036854774784";

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

/** Folds the column `variant` into `base` where no value changes. Returns whether it did; else nothing has changed. */
export async function foldVariant(
  connection: Connection,
  target: string,
  columns: readonly StoredColumn[],
  base: string,
  variant: string,
): Promise<boolean> {
  const to = columns.find(({ name }) => name === base);
  const from = columns.find(({ name }) => name === variant);
  const type = to && from && commonType(to.type, from.type);
  if (!type) return false;
  const [baseName, variantName] = [quoteName(base), quoteName(variant)];
  if (type === "double precision") {
    const integers = to.type.name === "int8" ? baseName : variantName;
    const { rows } = await connection.rows(
      `SELECT 1 FROM ${target} WHERE CASE WHEN ${integers} > ${LARGEST_EXACT} THEN true
         ELSE ${integers}::double precision::bigint <> ${integers} END LIMIT 1`,
    );
    if (rows.length > 0) return false;
  }
  await connection.run(
    `ALTER TABLE ${target} ALTER ${baseName} TYPE ${type} USING coalesce(${variantName}::${type}, ${baseName}::${type})`,
  );
  await connection.run(`ALTER TABLE ${target} DROP COLUMN ${variantName}`);
  return true;
}
