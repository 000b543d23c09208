import type { Trace } from "../../core/trace/trace.ts";
import { printedRows } from "./printed-rows.ts";
import { bytes, count } from "./quantities.ts";

/** The steps of a run as a table, in the order of their start. They overlap: times do not add up. */
export function printedTrace({ start, steps }: Trace): string {
  const rows = steps.map(
    ({ step, resource, table, pages, records, rows, discarded, bytes: size, retries, ...at }) => ({
      step,
      of: resource ?? table ?? "",
      at: `+${Math.round(Date.parse(at.start) - Date.parse(start))} ms`,
      took: `${at.durationMs.toFixed(at.durationMs < 10 ? 1 : 0)} ms`,
      counted: [
        ...(pages === undefined ? [] : [`pages ${count(pages)}`]),
        ...(records === undefined ? [] : [`records ${count(records)}`]),
        ...(rows === undefined ? [] : [`rows ${count(rows)}`]),
        ...(discarded === undefined ? [] : [`discarded ${count(discarded)}`]),
        ...(size === undefined ? [] : [bytes(size)]),
        ...(retries === undefined ? [] : [`retries ${count(retries)}`]),
      ].join(" · "),
    }),
  );
  return printedRows(rows, process.stdout.columns ?? 160).replace(/^/gm, "  ");
}
