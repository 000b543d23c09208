import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { DataType, Json } from "runlet";
import type { Row } from "../app/session.ts";
import { textWidth } from "../app/text-width.ts";
import { Cell } from "./Cell.tsx";
import { isRight, shown, typeLabel } from "./shown.ts";
import "./grid.css";

export interface GridColumn {
  readonly name: string;
  readonly type?: DataType | undefined;
  readonly added?: boolean;
}

interface GridProps {
  label: string;
  columns: readonly GridColumn[];
  count: number;
  /** Rows to measure the columns by. */
  sample: readonly Row[];
  row(index: number): Row | undefined;
  onRange?(from: number, to: number): void;
  chosen?: string | undefined;
  onColumn?(name: string): void;
}

const ROW = 30;
const HEAD = 46;
/** Browsers do not draw elements much higher than this many pixels. */
const HIGHEST = 30_000_000;
/** Rows that can be scrolled to. */
export const MOST_SHOWN = HIGHEST / ROW;

/** A table of which only what is in sight is in the page, down and across: it may have a million rows and hundreds of
 *  columns. Arrow keys on a heading go from column to column. */
export function Grid({ label, columns, count, sample, row, onRange, chosen, onColumn }: GridProps) {
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ top: 0, left: 0, width: 1200, height: 600 });
  const [active, setActive] = useState(0);
  const layout = useMemo(
    () => layoutOf(columns, sample),
    [columns.map(({ name }) => name).join("\n"), sample],
  );

  useLayoutEffect(() => {
    const element = box.current!;
    const measure = () =>
      setSeen({
        top: element.scrollTop,
        left: element.scrollLeft,
        width: element.clientWidth,
        height: element.clientHeight,
      });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener("scroll", measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, []);

  const shownRows = Math.min(count, MOST_SHOWN);
  const from = Math.max(0, Math.floor(seen.top / ROW) - 8);
  const to = Math.min(shownRows, Math.ceil((seen.top + seen.height) / ROW) + 8);
  useEffect(() => {
    if (to > from) onRange?.(from, to - 1);
  }, [from, to, onRange]);

  const inSight = columns
    .map((column, index) => ({ column, index, left: layout.left[index]!, width: layout.width[index]! }))
    .filter(
      ({ left, width, index }) =>
        index === active || (left + width > seen.left - 200 && left < seen.left + seen.width + 200),
    );

  const goTo = (index: number) => {
    const next = Math.max(0, Math.min(columns.length - 1, index));
    setActive(next);
    const element = box.current!;
    const left = layout.left[next]!;
    if (left < element.scrollLeft) element.scrollLeft = left;
    const over = left + layout.width[next]! - element.clientWidth;
    if (over > element.scrollLeft) element.scrollLeft = over;
    requestAnimationFrame(() => element.querySelector<HTMLElement>(`[data-column="${next}"]`)?.focus());
  };

  return (
    <div class="grid" ref={box} tabIndex={0} role="region" aria-label={label}>
      <div
        class="sheet"
        role="table"
        aria-label={label}
        aria-rowcount={count + 1}
        aria-colcount={columns.length}
        style={{ width: `${layout.total}px`, height: `${HEAD + shownRows * ROW}px` }}
      >
        <div role="rowgroup" class="heads">
          <div role="row" aria-rowindex={1}>
            {inSight.map(({ column, index, left, width }) => (
              <div
                role="columnheader"
                key={column.name}
                aria-colindex={index + 1}
                class={`head${column.added ? " added" : ""}${chosen === column.name ? " chosen" : ""}`}
                style={{ left: `${left}px`, width: `${width}px` }}
              >
                <Heading
                  column={column}
                  index={index}
                  active={index === active}
                  pressed={chosen === column.name}
                  onColumn={onColumn && ((name) => (setActive(index), onColumn(name)))}
                  goTo={goTo}
                />
              </div>
            ))}
          </div>
        </div>
        <div role="rowgroup">
          {Array.from({ length: Math.max(0, to - from) }, (_, offset) => {
            const index = from + offset;
            const values = row(index);
            return (
              <div
                role="row"
                key={index}
                aria-rowindex={index + 2}
                class="row"
                style={{ top: `${HEAD + index * ROW}px` }}
              >
                {inSight.map(({ column, index: at, left, width }) => (
                  <div
                    role="cell"
                    key={column.name}
                    aria-colindex={at + 1}
                    class={`cell${isRight(column.type, values?.[column.name]) ? " right" : ""}${column.added ? " added" : ""}${chosen === column.name ? " chosen" : ""}`}
                    style={{ left: `${left}px`, width: `${width}px` }}
                  >
                    {values && <Cell value={values[column.name]} />}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Heading(props: {
  column: GridColumn;
  index: number;
  active: boolean;
  pressed: boolean;
  onColumn: ((name: string) => void) | undefined;
  goTo(index: number): void;
}) {
  const { column, index, active, pressed, onColumn, goTo } = props;
  const text = (
    <>
      <span class="title">{column.name}</span>
      {column.type && <span class={`type ${column.type}`}>{typeLabel(column.type)}</span>}
    </>
  );
  if (!onColumn) return <span class="plain-head">{text}</span>;
  return (
    <button
      type="button"
      title={column.name}
      data-column={index}
      aria-pressed={pressed}
      tabIndex={active ? 0 : -1}
      onClick={() => onColumn(column.name)}
      onKeyDown={(event) => {
        if (event.key === "ArrowRight") goTo(index + 1);
        else if (event.key === "ArrowLeft") goTo(index - 1);
        else return;
        event.preventDefault();
      }}
    >
      {text}
    </button>
  );
}

/** A column is as wide as its name and most of its values, within limits. */
function layoutOf(columns: readonly GridColumn[], sample: readonly Row[]) {
  const width = columns.map(({ name }) => {
    const values = sample.slice(0, 40).map((row) => shown(row[name] as Json));
    const [longest = ""] = values.sort((a, b) => b.length - a.length).slice(Math.floor(values.length / 10));
    const most = Math.max(textWidth(name, "600 13px"), textWidth(longest.slice(0, 80), "13px"));
    return Math.round(Math.min(340, Math.max(72, most + 26)));
  });
  const left: number[] = [];
  let total = 0;
  for (const one of width) {
    left.push(total);
    total += one;
  }
  return { width, left, total };
}
