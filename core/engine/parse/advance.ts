import { Field } from "../layout/field";
import { fillGap } from "../columns/write";
import { E_DUPLICATE, fail } from "../scan/failure";

/** Brings a column that is not at `row` there: back-fills nulls. A column that is past it has been written in this
 *  row, so the key stands twice in its object: the record is parsed anew without the first. */
export function advance(at: usize, c: Field, row: u32): bool {
  if (c.len > row) {
    fail(at, E_DUPLICATE);
    return false;
  }
  fillGap(c, row);
  return true;
}
