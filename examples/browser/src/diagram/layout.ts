import { Graph, layout } from "@dagrejs/dagre";
import { count } from "../app/numbers.ts";
import { textWidth } from "../app/text-width.ts";
import { treeLines, type TableView } from "../tables/model.ts";

/** A table's place in the diagram, in pixels from the top left corner. */
export interface Box {
  readonly table: TableView;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Names of the columns shown. */
  readonly columns: readonly string[];
  /** Columns that are not shown. */
  readonly more: number;
}

/** A child's link to its parent: a curve from the parent's edge to the child's. */
export interface Link {
  readonly child: string;
  readonly start: Point;
  readonly path: string;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Drawing {
  readonly boxes: readonly Box[];
  readonly links: readonly Link[];
  readonly width: number;
  readonly height: number;
}

export const HEAD = 34;
export const LINE = 19;
const MARGIN = 24;
/** Of a box, without its edges. */
const WIDEST = 270;

/** From parents at the left to children at the right, or from top to bottom. */
type Direction = "LR" | "TB";

const VARIANTS: readonly [Direction, columns: number][] = [
  ["LR", 5],
  ["TB", 5],
  ["LR", 3],
  ["TB", 3],
  ["LR", 0],
  ["TB", 0],
];
/** Drawn smaller than this, names are hard to read. */
const READABLE = 0.82;

/** The drawing that fits the frame best: one with many columns where they can be read, else one with fewer. */
export function draw(tables: readonly TableView[], frame: { width: number; height: number }): Drawing {
  let best: { drawing: Drawing; scale: number } | undefined;
  for (const [direction, columns] of VARIANTS) {
    const drawing = drawn(tables, direction, columns);
    const scale = Math.min(frame.width / drawing.width, frame.height / drawing.height);
    if (!best || scale > best.scale) best = { drawing, scale };
    if (scale >= READABLE) return drawing;
  }
  return best!.drawing;
}

function drawn(tables: readonly TableView[], rankdir: Direction, most: number): Drawing {
  const graph = new Graph();
  graph.setGraph({
    rankdir,
    nodesep: 20,
    ranksep: rankdir === "LR" ? 70 : 48,
    marginx: MARGIN,
    marginy: MARGIN,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  const names = new Set(tables.map(({ name }) => name));
  const content = new Map(tables.map((table) => [table.name, contentOf(table, most)]));
  if (rankdir === "LR") alignWidths(tables, content);
  for (const { name } of tables) graph.setNode(nodeOf(name), { ...content.get(name)! });
  for (const { name, parent } of tables)
    if (parent && names.has(parent)) graph.setEdge(nodeOf(parent), nodeOf(name));
  layout(graph);
  const boxes = tables.map((table): Box => {
    const { x, y } = graph.node(nodeOf(table.name)) as unknown as Point;
    const { width, height, columns, more } = content.get(table.name)!;
    return { table, columns, more, width, height, x: x - width / 2, y: y - height / 2 };
  });
  const at = new Map(boxes.map((box) => [box.table.name, box]));
  const links = boxes.flatMap((child): Link[] => {
    const parent = child.table.parent === undefined ? undefined : at.get(child.table.parent);
    return parent ? [linkOf(parent, child, rankdir)] : [];
  });
  return {
    boxes,
    links,
    width: Math.max(0, ...boxes.map((box) => box.x + box.width)) + MARGIN,
    height: Math.max(0, ...boxes.map((box) => box.y + box.height)) + MARGIN,
  };
}

/** The graph keeps its nodes in a plain object, which has a `constructor` already. */
function nodeOf(table: string): string {
  return `table ${table}`;
}

/** Tables of one level are equally wide, so that their edges form a line. */
function alignWidths(tables: readonly TableView[], content: Map<string, { width: number }>): void {
  const depths = new Map(treeLines(tables).map(({ table, depth }) => [table.name, depth]));
  const widest = new Map<number, number>();
  for (const [name, depth] of depths)
    widest.set(depth, Math.max(widest.get(depth) ?? 0, content.get(name)!.width));
  for (const [name, depth] of depths) content.get(name)!.width = widest.get(depth)!;
}

function linkOf(parent: Box, child: Box, direction: Direction): Link {
  const across = direction === "LR";
  const start = across
    ? { x: parent.x + parent.width, y: parent.y + HEAD / 2 }
    : { x: parent.x + parent.width / 2, y: parent.y + parent.height };
  const end = across ? { x: child.x, y: child.y + HEAD / 2 } : { x: child.x + child.width / 2, y: child.y };
  const bend = Math.max(24, (across ? end.x - start.x : end.y - start.y) / 2);
  const [a, b] = across
    ? [`${start.x + bend} ${start.y}`, `${end.x - bend} ${end.y}`]
    : [`${start.x} ${start.y + bend}`, `${end.x} ${end.y - bend}`];
  return { child: child.table.name, start, path: `M${start.x} ${start.y}C${a} ${b} ${end.x} ${end.y}` };
}

function contentOf(table: TableView, most: number) {
  const own = table.columns.filter(({ added }) => !added).map(({ name }) => name);
  const columns = own.slice(0, most);
  const more = most === 0 ? 0 : own.length - columns.length;
  const head = textWidth(table.label, "600 13px") + textWidth(count(table.rows), "12.5px") + 18;
  const longest = Math.max(head, ...columns.map((name) => textWidth(name, "12.5px")));
  const lines = columns.length + (more > 0 ? 1 : 0);
  return {
    columns,
    more,
    width: Math.min(WIDEST, Math.max(120, longest)) + 24,
    height: HEAD + (lines > 0 ? lines * LINE + 10 : 0),
  };
}
