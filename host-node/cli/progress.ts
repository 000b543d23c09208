import { createLogUpdate } from "log-update";
import type { Progress } from "../../core/pipeline/progress.ts";
import { stderrColours } from "./colours.ts";
import { bytes, count, counted } from "./quantities.ts";

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 80;
/** Between two lines where there is no terminal. */
const LINE_MS = 5000;
const TABLES_SHOWN = 8;

/** Shows how far a run is, on stderr. */
export interface Display {
  update(progress: Progress): void;
  /** Takes the live part away. */
  end(): void;
}

/** A live display on a terminal; elsewhere a line now and then; nothing beside a log. `unit` is what the source consists
 *  of: `page`, `file`. */
export function display(unit?: string, log?: "json"): Display {
  if (log) return { update: () => undefined, end: () => undefined };
  const live = process.stderr.isTTY && process.env["TERM"] !== "dumb";
  return live ? liveDisplay(unit) : lineDisplay(unit);
}

function liveDisplay(unit: string | undefined): Display {
  const show = createLogUpdate(process.stderr);
  let started: number | undefined;
  let latest: Progress | undefined;
  let shown = -Infinity;
  let frame = 0;
  const paint = () => {
    const now = performance.now();
    if (now - shown < FRAME_MS - 5) return;
    shown = now;
    show(picture(latest, unit, FRAMES[frame++ % FRAMES.length]!, (now - (started ?? now)) / 1000));
  };
  // The engines work in this thread: between their calls only updates come through, not the timer.
  const timer = setInterval(paint, FRAME_MS);
  paint();
  return {
    update(progress) {
      latest = progress;
      // Rates count from the first bytes: starting the destination takes a second of its own.
      started ??= performance.now();
      paint();
    },
    end() {
      clearInterval(timer);
      show.clear();
      show.done();
    },
  };
}

function picture(
  progress: Progress | undefined,
  unit: string | undefined,
  spinner: string,
  elapsed: number,
): string {
  const c = stderrColours();
  if (!progress) return `${c.cyan(spinner)} starting`;
  const tables = Object.entries(progress.tables).sort((a, b) => b[1] - a[1]);
  const head = [
    `${c.cyan(spinner)} ${progress.stage.padEnd(7)}`,
    read(progress, unit),
    elapsed > 0 ? `${(progress.bytes / 1e6 / elapsed).toFixed(1)} MB/s` : "",
    `rows ${count(progress.rows)}`,
  ].join("  ");
  const shown = tables.slice(0, Math.max(0, Math.min(TABLES_SHOWN, (process.stderr.rows ?? 24) - 4)));
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  const lines = shown.map(([name, rows]) => {
    return `  ${name.padEnd(width)}  ${count(rows).padStart(11)}  ${c.dim(elapsed > 0 ? `${count(rows / elapsed)}/s` : "")}`;
  });
  if (tables.length > shown.length)
    lines.push(c.dim(`  and ${counted(tables.length - shown.length, "more table")}`));
  return [head, ...lines].join("\n");
}

function lineDisplay(unit: string | undefined): Display {
  let told = performance.now();
  return {
    update(progress) {
      if (performance.now() - told < LINE_MS) return;
      told = performance.now();
      process.stderr.write(`${progress.stage}  ${read(progress, unit)}  rows ${count(progress.rows)}\n`);
    },
    end: () => undefined,
  };
}

function read({ pages, records, bytes: size }: Progress, unit: string | undefined): string {
  const parts = unit ? `${counted(pages, unit)} · ` : "";
  return `${parts}${counted(records, "record")} · ${bytes(size)}`;
}
