// Columns as hints declare them, against the contract: what freezes stops the load before it begins, what discards lets the
// hint go.
import { keepName } from "../columns/name";
import { cold, Discard, F_NULLABLE, Field, Hint, isNull, nil, Table } from "../layout/field";
import { K_DECIMAL, K_NONE } from "../layout/kinds";
import { discardIn } from "./discards";
import { columnMode, COLUMNS, DATA_TYPE, EVOLVE, FREEZE, typeMode } from "./modes";

/** The first declaration that the contract freezes. */
export let declaredBreach: Discard = nil<Discard>();

const list: usize = memory.data(8, 8);

function freeze(t: Table, name: usize, n: u32, entity: u32, mode: u32, kind: u32): void {
  if (!isNull(declaredBreach)) return;
  store<usize>(list, 0);
  declaredBreach = discardIn(list, t, keepName(name, n), n, entity, mode, kind);
}

/** Whether the contract keeps t from getting the column of that name, which it does not have. A part of a key cannot
 *  be left out. */
export function barsDeclared(t: Table, h: Hint, name: usize, n: u32): bool {
  const mode = columnMode(t, name, n);
  if (mode == EVOLVE) return false;
  if (mode == FREEZE || h.roles) freeze(t, name, n, COLUMNS, mode, h.kind);
  return true;
}

/** Whether the hint says something else of the type of c than is so, and the contract minds. */
export function changesType(c: Field, h: Hint): bool {
  const k = cold(c);
  const mode = typeMode(k.table);
  if (mode == EVOLVE) return false;
  const isOther = h.kind != K_NONE && h.kind != <u32>c.kind;
  const isFiner =
    h.kind == K_DECIMAL && h.precision != 0 && (h.precision != k.precision || h.scale != k.scale);
  const isStricter = !h.nullable && (k.flags & F_NULLABLE) != 0;
  if (!isOther && !isFiner && !isStricter) return false;
  if (mode == FREEZE)
    freeze(k.table, k.name, k.nameLength, DATA_TYPE, FREEZE, h.kind != K_NONE ? h.kind : c.kind);
  return true;
}
