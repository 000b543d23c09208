// Tables that lists fill and that stand on their own: without a parent, as dlt makes nested tables that have a key.
import { declareColumns } from "../columns/bind";
import { keepName, nameLength, shortName } from "../columns/name";
import { joinedName } from "../config/hints";
import { Hint, isNull, nil, Table, WITH_LOG, WITH_OUTER_ID, WITH_ROOT_ID } from "../layout/field";
import { discardsRows, NEW_TABLE } from "../contract/modes";
import { findTable, followHint, newTable, tablesFull } from "./table";

/** Makes the tables of their own that the hints of t ask for; they are there before the lists that fill them. */
export function declareOwnTables(t: Table): void {
  if (!isNull(t.hint)) declareBelow(t, t.hint, t.path, t.pathLength);
}

function declareBelow(t: Table, h: Hint, path: usize, pathLength: u32): void {
  const head = joinable(path, pathLength);
  for (let c = h.child; !isNull(c); c = c.sibling) {
    if (!c.own && isNull(c.child)) continue;
    const below = joinedName(head, pathLength + 2, c);
    const n = nameLength;
    if (!c.own) declareBelow(t, c, below, n);
    else if (!declareOwn(t, c, below, n)) return;
  }
}

/** False when there are too many tables. A table of that name that is no such table stays what it is. */
function declareOwn(t: Table, h: Hint, path: usize, pathLength: u32): bool {
  const name = shortName(path, pathLength);
  const n = nameLength;
  let own = findTable(name, n);
  if (!isNull(own)) {
    if (!isNull(own.parent) || (own.hint != h && own.rowCapacity != 0)) return true;
    own.path = path;
    own.pathLength = pathLength;
    own.hint = h;
    own.shape.hint = h;
    followHint(own, h);
    // Where its rows lie the first list tells.
    if (!own.rowCapacity) own.shape.depth = 0;
  } else {
    if (tablesFull()) return false;
    own = newTable(name, n, path, pathLength, nil<Table>(), h, 0, 0);
  }
  own.contract = (t.contract & ~NEW_TABLE) | (own.contract & NEW_TABLE);
  if (discardsRows(own.contract) && !own.rowCapacity) own.extra |= WITH_LOG;
  own.ownIn = isNull(t.ownIn) ? t : t.ownIn;
  if (t.extra & WITH_ROOT_ID && !own.rowCapacity) own.extra |= WITH_OUTER_ID | WITH_ROOT_ID;
  declareColumns(own, h, 0, 0);
  declareOwnTables(own);
  return true;
}

/** The path with a separator behind it. */
function joinable(path: usize, n: u32): usize {
  const kept = keepName(path, n);
  store<u16>(kept + n, 0x5f5f);
  return kept;
}
