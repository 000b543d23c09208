import type { Reference, Row, Table } from "../reference/shred.ts";
import { SYSTEM } from "../reference/dlt-cases.ts";
import type { EngineOutput, EngineTable } from "./collect.ts";

interface PlainRow {
  parent: string;
  index: number;
  cells: Map<string, string>;
}

/** Counts of what was compared, so that no comparison passes on nothing. */
export interface Compared {
  tables: number;
  columns: number;
  rows: number;
  cells: number;
  differences: string[];
}

const SHOWN = 12;

/**
 * The engine's tables beside the reference's: names, parents, columns, types, variants, pending columns, row counts,
 * every cell, and every link from a row to its parent row. Ids are compared by what they link, not by value.
 */
export function compare(engine: EngineOutput, reference: Reference): Compared {
  const out: Compared = { tables: 0, columns: 0, rows: 0, cells: 0, differences: [] };
  const ids = rowIds(engine);
  out.differences.push(...ids.differences);
  const expected = new Map([...reference.tables].filter(([, table]) => table.rows.length > 0));
  const referenceRows = rowPlaces(expected);
  for (const name of new Set([...expected.keys(), ...engine.tables.keys()])) {
    const mine = engine.tables.get(name);
    const theirs = expected.get(name);
    if (!mine || !theirs) {
      if (theirs || mine!.rows.length > 0) {
        out.differences.push(`table ${name} is only in the ${mine ? "engine" : "reference"}`);
      }
      continue;
    }
    out.tables++;
    if (mine.parent !== theirs.parent)
      out.differences.push(`${name}: parent ${mine.parent} != ${theirs.parent}`);
    compareColumns(mine, theirs, out);
    compareRows(name, plainEngine(mine, ids.places), plainReference(theirs, referenceRows), out);
  }
  if (out.differences.length > SHOWN) {
    const more = out.differences.length - SHOWN;
    out.differences = [...out.differences.slice(0, SHOWN), `… and ${more} more`];
  }
  return out;
}

function compareColumns(mine: EngineTable, theirs: Table, out: Compared): void {
  const names = new Set([...mine.columns.keys(), ...theirs.columns.keys()]);
  for (const name of names) {
    out.columns++;
    const a = mine.columns.get(name);
    const b = theirs.columns.get(name);
    const show = (c: typeof a) => (c ? c.type + (c.variant ? " variant" : "") : "absent");
    if (show(a) !== show(b)) {
      out.differences.push(`${mine.name}.${name}: engine ${show(a)}, reference ${show(b)}`);
    }
  }
  const pending = (set: Set<string>) => [...set].sort().join(", ");
  if (pending(mine.pending) !== pending(theirs.pending)) {
    out.differences.push(
      `${mine.name}: pending columns: engine [${pending(mine.pending)}], reference [${pending(theirs.pending)}]`,
    );
  }
}

function compareRows(table: string, mine: PlainRow[], theirs: PlainRow[], out: Compared): void {
  if (mine.length !== theirs.length) {
    out.differences.push(`${table}: engine has ${mine.length} rows, reference ${theirs.length}`);
    return;
  }
  out.rows += mine.length;
  mine.forEach((row, i) => {
    const other = theirs[i]!;
    const where = `${table}[${i}]`;
    if (row.parent !== other.parent)
      out.differences.push(`${where}: parent ${row.parent} != ${other.parent}`);
    if (row.index !== other.index)
      out.differences.push(`${where}: list index ${row.index} != ${other.index}`);
    for (const name of new Set([...row.cells.keys(), ...other.cells.keys()])) {
      out.cells++;
      const a = row.cells.get(name);
      const b = other.cells.get(name);
      if (a !== b)
        out.differences.push(`${where}.${name}: engine ${JSON.stringify(a)}, reference ${JSON.stringify(b)}`);
    }
  });
}

/** Where each `_dlt_id` is, and whether they are unique and shaped as they should be. */
function rowIds(engine: EngineOutput): { places: Map<string, string>; differences: string[] } {
  const places = new Map<string, string>();
  const differences: string[] = [];
  for (const table of engine.tables.values()) {
    table.rows.forEach((row, i) => {
      const id = row.get("_dlt_id");
      if (id === undefined || !/^[A-Za-z0-9+/]{14}$/.test(id)) {
        differences.push(`${table.name}[${i}]: _dlt_id ${id} is not 14 base64 characters`);
      } else if (places.has(id))
        differences.push(`${table.name}[${i}]: _dlt_id ${id} is also ${places.get(id)}`);
      else places.set(id, `${table.name}[${i}]`);
      const root = table.parent === undefined;
      if (root !== row.has("_dlt_load_id"))
        differences.push(`${table.name}[${i}]: _dlt_load_id on the wrong kind of table`);
      if (root === row.has("_dlt_parent_id"))
        differences.push(`${table.name}[${i}]: _dlt_parent_id on the wrong kind of table`);
    });
  }
  return { places, differences };
}

function rowPlaces(tables: Map<string, Table>): Map<Row, string> {
  const places = new Map<Row, string>();
  for (const table of tables.values()) table.rows.forEach((row, i) => places.set(row, `${table.name}[${i}]`));
  return places;
}

function plainEngine(table: EngineTable, places: Map<string, string>): PlainRow[] {
  return table.rows.map((row) => {
    const parent = row.get("_dlt_parent_id");
    const index = row.get("_dlt_list_idx");
    return {
      parent: parent === undefined ? "" : (places.get(parent) ?? `unknown ${parent}`),
      index: index === undefined ? -1 : Number(index),
      cells: new Map([...row].filter(([name]) => !SYSTEM.has(name))),
    };
  });
}

function plainReference(table: Table, places: Map<Row, string>): PlainRow[] {
  return table.rows.map((row) => ({
    parent: row.parent ? places.get(row.parent)! : "",
    index: row.index,
    cells: row.cells,
  }));
}
