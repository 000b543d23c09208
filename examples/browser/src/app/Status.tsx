import { count, plural, size } from "./numbers.ts";
import type { Session } from "./session.ts";
import { DuckDBBar } from "../duckdb/DuckDBBar.tsx";
import { SaveButton } from "../storage/SaveButton.tsx";
import { ShareButton } from "../share/ShareButton.tsx";

/** Of less, the time is that of getting started. */
const TELLING_BYTES = 4_000_000;

/** What is open, how much of it was read, how fast, and how far DuckDB is. */
export function Status({ open }: { open: Session }) {
  const { bytes, total, rows, ms } = open.figures.value;
  const tables = open.tables.value.length;
  const sum = open.tables.value.reduce((all, table) => all + table.rows, 0);
  const stage = open.stage.value;
  return (
    <div class="status">
      <h2 title={open.title}>{open.title}</h2>
      <p class="figures" data-test="figures">
        {tables > 0 && (
          <span>
            <b>{count(tables)}</b> {tables === 1 ? "table" : "tables"}
          </span>
        )}
        {tables > 0 && (
          <span>
            <b>{count(Math.max(rows, sum))}</b> rows
          </span>
        )}
        {bytes > 0 && (
          <span>
            {size(bytes)}
            {stage === "fetching" && total ? ` of ${size(total)}` : ""}
            {ms > 0 && bytes > 0 ? ` in ${spent(ms)}` : ""}
          </span>
        )}
        {ms > 0 && (bytes > TELLING_BYTES || stage === "reading") && <span>{speed(bytes, ms)}</span>}
        {open.rejects.value > 0 && (
          <span class="warn">{plural(open.rejects.value, "bad record")} set aside</span>
        )}
      </p>
      <DuckDBBar open={open} />
      <div class="actions">
        <SaveButton open={open} />
        <ShareButton open={open} />
      </div>
    </div>
  );
}

function spent(ms: number): string {
  return ms < 1000 ? `${Math.max(1, Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function speed(bytes: number, ms: number): string {
  const perSecond = bytes / 1e6 / (ms / 1000);
  return `${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)} MB/s`;
}
