import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  ScatterController,
  Tooltip,
  type ChartConfiguration,
} from "chart.js";
import { useEffect, useId, useRef } from "preact/hooks";
import { plural } from "../app/numbers.ts";
import type { Row, Session } from "../app/session.ts";
import { isDark } from "../app/theme.ts";
import { columnsByNature, type ChartKind, type ChartWish } from "./choose.ts";
import { number, seriesOf } from "./points.ts";
import "./chart.css";

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  ScatterController,
  Tooltip,
);

const KINDS: readonly ChartKind[] = ["bar", "line", "scatter"];

export function ChartView({ open, rows, wish }: { open: Session; rows: readonly Row[]; wish: ChartWish }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const dark = isDark.value;
  const { all, numbers } = columnsByNature(rows);
  const { left, labels } = seriesOf(wish, rows);
  useEffect(() => {
    const chart = new Chart(canvas.current!, configurationOf(wish, rows));
    return () => chart.destroy();
  }, [rows, wish, dark]);
  const change = (part: Partial<ChartWish>) => (open.chart.value = { ...wish, ...part });
  return (
    <div class="chart">
      <div class="chart-bar">
        <Choice
          label="As"
          value={wish.kind}
          from={KINDS}
          choose={(kind) => change({ kind: kind as ChartKind })}
        />
        <Choice
          label="Across"
          value={wish.x}
          from={wish.kind === "scatter" ? numbers : all}
          choose={(x) => change({ x })}
        />
        <Choice label="Up" value={wish.y[0]!} from={numbers} choose={(y) => change({ y: [y] })} />
        {left > 0 && <span class="quiet">{plural(left, "row")} more are not drawn</span>}
      </div>
      <div class="canvas">
        <canvas
          ref={canvas}
          role="img"
          aria-label={`${wish.kind} chart of ${wish.y.join(", ")} by ${wish.x}, ${labels.length} points`}
        />
      </div>
    </div>
  );
}

function Choice(props: {
  label: string;
  value: string;
  from: readonly string[];
  choose(value: string): void;
}) {
  const id = useId();
  return (
    <span>
      <label for={id}>{props.label}</label>{" "}
      <select id={id} value={props.value} onChange={(event) => props.choose(event.currentTarget.value)}>
        {props.from.map((name) => (
          <option value={name} key={name}>
            {name}
          </option>
        ))}
      </select>
    </span>
  );
}

function configurationOf(wish: ChartWish, rows: readonly Row[]): ChartConfiguration {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const palette = ["--accent", "--warm", "--code-keyword"].map(colour);
  const { labels, sets } = seriesOf(wish, rows);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const axis = (title: string) => ({
    title: { display: true, text: title, color: colour("--soft") },
    ticks: { color: colour("--soft"), maxRotation: 50, autoSkipPadding: 8 },
    grid: { color: colour("--line") },
    border: { color: colour("--line") },
  });
  const datasets = sets.map(({ name, values }, index) => ({
    label: name,
    data: wish.kind === "scatter" ? values.map((y, at) => ({ x: number(rows[at]![wish.x]), y })) : values,
    backgroundColor: palette[index % palette.length],
    borderColor: palette[index % palette.length],
    borderRadius: 4,
    maxBarThickness: 46,
    borderWidth: wish.kind === "line" ? 2 : 0,
    pointRadius: wish.kind === "line" && values.length > 60 ? 0 : 3,
  }));
  return {
    type: wish.kind,
    data: { labels: wish.kind === "scatter" ? [] : [...labels], datasets: datasets as never },
    options: {
      responsive: true,
      maintainAspectRatio: false,
      animation: calm ? false : { duration: 300 },
      interaction: { mode: wish.kind === "scatter" ? "nearest" : "index", intersect: false },
      plugins: { legend: { display: sets.length > 1, labels: { color: colour("--ink") } } },
      scales: {
        x: { ...axis(wish.x), grid: { display: wish.kind === "scatter", color: colour("--line") } },
        y: { ...axis(wish.y.length === 1 ? wish.y[0]! : ""), beginAtZero: wish.kind === "bar" },
      },
    },
  } as ChartConfiguration;
}
