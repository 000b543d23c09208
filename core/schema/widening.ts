import type { ColumnSchema } from "./types.ts";

/** Digits of a 64-bit integer. */
const INTEGER_DIGITS = 19;

/** Whether every value of a column keeps its value in another type: `always`, `when-exact` (it depends on the values: an
 *  integer may be too large for a double), or never (undefined). */
export function widening(from: ColumnSchema, to: ColumnSchema): "always" | "when-exact" | undefined {
  const always = (holds: boolean) => (holds ? "always" : undefined);
  switch (`${from.data_type} ${to.data_type}`) {
    case "text text":
    case "binary binary":
      return always(to.precision === undefined || (from.precision ?? Infinity) <= to.precision);
    case "bigint bigint":
      return always((from.precision ?? 64) <= (to.precision ?? 64));
    case "bigint double":
      return "when-exact";
    case "bigint decimal":
    case "decimal decimal":
      return always(holdsDigits(from, to));
    case "bigint wei":
    case "bigint text":
    case "decimal text":
    case "wei text":
    case "double text":
    case "bool text":
    case "date text":
    case "json text":
      return always(to.precision === undefined);
    case "date timestamp":
      return always(true);
    default:
      return undefined;
  }
}

function holdsDigits(from: ColumnSchema, to: ColumnSchema): boolean {
  const digits = ({ data_type, precision, scale }: ColumnSchema): [integers: number, fraction: number] =>
    data_type === "bigint"
      ? [INTEGER_DIGITS, 0]
      : precision === undefined
        ? [29, 9]
        : [precision - (scale ?? 0), scale ?? 0];
  const [integers, fraction] = digits(from);
  const [room, places] = digits(to);
  return integers <= room && fraction <= places;
}
