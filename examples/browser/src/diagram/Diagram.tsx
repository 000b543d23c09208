import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Icon } from "../app/icons.tsx";
import { count } from "../app/numbers.ts";
import { view, type Session } from "../app/session.ts";
import { textWidth } from "../app/text-width.ts";
import { draw, HEAD, LINE, type Box } from "./layout.ts";
import "./diagram.css";

/** What of the drawing is in sight: its point at the top left corner, and how much larger than drawn. */
interface Sight {
  x: number;
  y: number;
  scale: number;
}

const STEP = 60;

/** The tables and what links them; dragged, zoomed, or moved with the arrow keys. */
export function Diagram({ open }: { open: Session }) {
  const tables = open.tables.value;
  const frame = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 960, height: 480 });
  const drawing = useMemo(() => draw(tables, size), [tables, size]);
  const [sight, setSight] = useState<Sight>({ x: 0, y: 0, scale: 1 });
  const drag = useRef<{ x: number; y: number; moved: boolean } | undefined>(undefined);

  const fit = () => {
    const { clientWidth, clientHeight } = frame.current!;
    const scale = Math.max(0.3, Math.min(1.1, clientWidth / drawing.width, clientHeight / drawing.height));
    setSight({
      scale,
      x: Math.min(0, (drawing.width - clientWidth / scale) / 2),
      y: Math.min(0, (drawing.height - clientHeight / scale) / 2),
    });
  };
  useLayoutEffect(fit, [drawing]);
  useLayoutEffect(() => {
    const element = frame.current!;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const zoom = (factor: number, at?: { x: number; y: number }) =>
    setSight(({ x, y, scale }) => {
      const { clientWidth, clientHeight } = frame.current!;
      const point = at ?? { x: clientWidth / 2, y: clientHeight / 2 };
      const next = Math.max(0.2, Math.min(2.5, scale * factor));
      return {
        scale: next,
        x: x + point.x / scale - point.x / next,
        y: y + point.y / scale - point.y / next,
      };
    });
  const move = (x: number, y: number) =>
    setSight((before) => ({ ...before, x: before.x + x / before.scale, y: before.y + y / before.scale }));

  const onKey = (event: KeyboardEvent) => {
    const keys: Record<string, () => void> = {
      ArrowLeft: () => move(-STEP, 0),
      ArrowRight: () => move(STEP, 0),
      ArrowUp: () => move(0, -STEP),
      ArrowDown: () => move(0, STEP),
      "+": () => zoom(1.2),
      "=": () => zoom(1.2),
      "-": () => zoom(1 / 1.2),
      "0": fit,
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]!();
  };
  const choose = (name: string) => {
    open.selected.value = name;
    view.value = "rows";
  };
  return (
    <div class="diagram" ref={frame}>
      <svg
        tabindex={0}
        role="group"
        aria-label={`Relationships of ${tables.length} tables; arrow keys move, plus and minus zoom`}
        onKeyDown={onKey}
        onWheel={(event) => {
          event.preventDefault();
          const { left, top } = frame.current!.getBoundingClientRect();
          if (event.ctrlKey || event.metaKey)
            zoom(Math.exp(-event.deltaY / 200), { x: event.clientX - left, y: event.clientY - top });
          else move(event.deltaX, event.deltaY);
        }}
        onPointerDown={(event) => {
          drag.current = { x: event.clientX, y: event.clientY, moved: false };
        }}
        onPointerMove={(event) => {
          const from = drag.current;
          if (!from) return;
          const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
          if (!from.moved && Math.hypot(dx, dy) < 4) return;
          if (!from.moved) event.currentTarget.setPointerCapture(event.pointerId);
          drag.current = { x: event.clientX, y: event.clientY, moved: true };
          move(-dx, -dy);
        }}
        onPointerUp={() => (drag.current = undefined)}
        onPointerCancel={() => (drag.current = undefined)}
      >
        <g transform={`scale(${sight.scale}) translate(${-sight.x} ${-sight.y})`}>
          {drawing.links.map(({ child, start: { x, y }, path }) => (
            <g key={child} class="link">
              <path d={path} />
              <circle r="3.5" cx={x} cy={y} />
            </g>
          ))}
          {drawing.boxes.map((box) => (
            <TableBox
              key={box.table.name}
              box={box}
              chosen={box.table.name === open.selected.value}
              choose={choose}
            />
          ))}
        </g>
      </svg>
      <div class="zoom">
        <button type="button" aria-label="Larger" onClick={() => zoom(1.25)}>
          <Icon name="plus" />
        </button>
        <button type="button" aria-label="Smaller" onClick={() => zoom(1 / 1.25)}>
          <Icon name="minus" />
        </button>
        <button type="button" aria-label="Show all" onClick={fit}>
          <Icon name="fit" />
        </button>
      </div>
    </div>
  );
}

function TableBox({ box, chosen, choose }: { box: Box; chosen: boolean; choose(name: string): void }) {
  const { table, x, y, width, height, columns, more } = box;
  const rows = count(table.rows);
  const room = width - 24;
  const nameRoom = room - textWidth(rows, "12.5px") - 16;
  return (
    <g
      class={`table${chosen ? " chosen" : ""}`}
      transform={`translate(${x} ${y})`}
      role="button"
      tabindex={0}
      onClick={() => choose(table.name)}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        choose(table.name);
      }}
    >
      <title>
        {table.name}, {rows} rows{table.parent ? `, child of ${table.parent}` : ""}
      </title>
      <rect class="box" width={width} height={height} rx="8" />
      <path class="band" d={bandOf(width, columns.length > 0)} />
      <text class="name" x="12" y="22">
        {end(table.label, nameRoom)}
      </text>
      <text class="rows" x={width - 12} y="22" text-anchor="end">
        {rows}
      </text>
      {columns.map((name, index) => (
        <text key={name} class="field" x="12" y={HEAD + 18 + index * LINE}>
          {start(name, room)}
        </text>
      ))}
      {more > 0 && (
        <text class="more" x="12" y={HEAD + 18 + columns.length * LINE}>
          and {more} more
        </text>
      )}
    </g>
  );
}

/** The upper part of a box, or all of one that has nothing below. */
function bandOf(width: number, more: boolean): string {
  const top = `V8a8 8 0 0 1 8-8H${width - 8}a8 8 0 0 1 8 8`;
  if (more) return `M0 ${HEAD}${top}V${HEAD}Z`;
  return `M0 ${HEAD - 8}${top}V${HEAD - 8}a8 8 0 0 1-8 8H8a8 8 0 0 1-8-8Z`;
}

/** The beginning of a text, as much as there is room for. */
function start(text: string, room: number): string {
  let length = text.length;
  while (length > 1 && textWidth(text.slice(0, length), "12.5px") > room) length--;
  return length < text.length ? `${text.slice(0, length - 1)}…` : text;
}

/** The end of a table's name, which tells it from its siblings. */
function end(text: string, room: number): string {
  let from = 0;
  while (from < text.length - 1 && textWidth(text.slice(from), "600 13px") > room) from++;
  return from > 0 ? `…${text.slice(from + 1)}` : text;
}
