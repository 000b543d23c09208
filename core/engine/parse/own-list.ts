// A list whose elements are rows of a table of its own. It is as a record in the record: own ids, own nested rows.
import { rowDropped } from "../contract/drop-row";
import { Shape, Table, WITH_OUTER_ID } from "../layout/field";
import { E_LIST_END, fail } from "../scan/failure";
import { skipSpace } from "../scan/text";
import { mixId } from "../tables/ids";
import { addOwnId, findOwnId, ownIdLength, ownIdText } from "../tables/own-ids";
import { newRow } from "../tables/table";
import { coldString } from "./cold";
import { valueFieldOf } from "./element";
import { putNumberAside } from "./number";
import { parseElement, parseObject } from "./object";
import { ownIds, ownRootId, setOwnIds } from "./own-ids";
import {
  drawnHigh,
  drawnLow,
  rootRow,
  rootTable,
  setRootRow,
  setRowWithin,
  rowWithin,
  writeExtra,
} from "./root-row";

/** p after the `[`; the elements' objects have the given shape. Returns the position after the `]`, 0 on failure. */
export function parseOwnList(p: usize, t: Table, shape: Shape): usize {
  const outer = rootTable();
  const outerRow = rootRow();
  const within = rowWithin;
  const ids = ownIds;
  const was = t.shape;
  t.shape = shape;
  const end = parseElements(skipSpace(p), t, outer, outerRow, ids);
  t.shape = was;
  setRootRow(outer, outerRow);
  setRowWithin(within);
  setOwnIds(ids);
  return end;
}

function parseElements(p: usize, t: Table, outer: Table, outerRow: u32, ids: bool): usize {
  if (load<u8>(p) == 93) return p + 1;
  while (true) {
    const row = newRow(t);
    const place = row - t.recordStart;
    setRootRow(outer, outerRow);
    // Not of its root's id: one made of a key is the same in the next load.
    mixId(t, row, drawnLow, drawnHigh, place);
    setRowWithin(place + 1);
    if (t.extra) writeExtra(t, row, p);
    if (t.extra & WITH_OUTER_ID && findOwnId(outer.ownIds, outerRow))
      t.ownRootIds = addOwnId(t.ownRootIds, row, ownIdText, ownIdLength);
    setRootRow(t, row);
    setOwnIds(ids || t.rowId != 0);
    if (ownIds && !ownRootId(p, 0, t, row)) return 0;
    const c: u32 = load<u8>(p);
    if (c == 123) p = parseObject(p + 1, t.shape, row);
    else if (c == 34) p = coldString(p + 1, valueFieldOf(t), row);
    else if (c - 45 < 13) p = putNumberAside(p, valueFieldOf(t), row);
    else p = parseElement(p, c, t, row);
    if (!p) {
      p = rowDropped(t, row);
      if (!p) return 0;
    }
    p = skipSpace(p);
    if (load<u8>(p) == 93) return p + 1;
    if (load<u8>(p) != 44) return fail(p, E_LIST_END);
    p = skipSpace(p + 1);
  }
}
