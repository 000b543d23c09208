import { RunletError } from "../errors.ts";
import { parseLossless } from "../lossless-json.ts";
import { fieldOf } from "./fields.ts";
import type { DltType } from "./options.ts";
import type { ParentLink } from "./resource.ts";
import { isHidden } from "./validation.ts";

/** One record of a parent, as its transformer sees it. */
export interface Picked {
  item: Record<string, unknown>;
  /** Columns every child record gets: `_<parent>_<field>` and JSON text, named as dlt's REST source names them. */
  constants: Record<string, string>;
}

/** From the captured JSON texts of one record, in the order of `pick`.
 *  @throws RunletError SOURCE_FAILED when the record lacks a picked field */
export function picked(
  link: ParentLink,
  values: readonly (string | null)[],
  child: string,
  record: number,
): Picked {
  const item: Record<string, unknown> = {};
  const constants: Record<string, string> = {};
  for (const [at, [field, type]] of Object.entries(link.pick).entries()) {
    const text = values[at] ?? null;
    if (text === null || text === "null") {
      throw new RunletError(
        "SOURCE_FAILED",
        `record ${record} of ${link.resource.name} has no ${field}, which ${child} picks`,
        {
          where: { resource: link.resource.name, record },
          hint: "every record of the parent must have the picked fields; leave others out with map",
        },
      );
    }
    const isSecret = isHidden(fieldOf(field, "pick"), link.resource.options);
    item[field] = asJs(text, type, field, isSecret ? "" : `: ${text.slice(0, 60)}`);
    if (link.include.includes(field)) constants[`_${link.resource.name}_${field}`] = text;
  }
  return { item, constants };
}

function asJs(text: string, type: DltType, field: string, shown: string): unknown {
  const wrong = () => new RunletError("SOURCE_FAILED", `picked field ${field} is no ${type}${shown}`);
  if (type === "json") return parseLossless(text);
  const plain = text.startsWith('"') ? (parseLossless(text) as string) : text;
  switch (type) {
    case "bigint":
      if (!/^-?\d+$/.test(plain)) throw wrong();
      return BigInt(plain);
    case "double": {
      const number = Number(plain);
      if (Number.isNaN(number)) throw wrong();
      return number;
    }
    case "bool":
      if (plain !== "true" && plain !== "false") throw wrong();
      return plain === "true";
    case "binary":
      try {
        return Uint8Array.from(atob(plain), (letter) => letter.charCodeAt(0));
      } catch {
        throw wrong();
      }
    default:
      return plain;
  }
}
