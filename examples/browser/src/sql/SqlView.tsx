import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { say } from "../app/announce.ts";
import { Icon } from "../app/icons.tsx";
import { lazily } from "../app/lazily.tsx";
import { plural } from "../app/numbers.ts";
import type { Row, Session } from "../app/session.ts";
import { chooseChart, fits } from "../charts/choose.ts";
import { sampleOf } from "../land/samples.ts";
import { CopyButton } from "../take-away/CopyButton.tsx";
import { csvHead, csvLines } from "../take-away/csv.ts";
import { Grid } from "../tables/Grid.tsx";
import { ask, askUnprompted, MOST_ROWS, type Answer } from "./ask.ts";
import { openEditor, type SqlEditor } from "./editor.ts";
import { firstQuery } from "./first-query.ts";
import "./sql.css";

const Chart = lazily(async () => (await import("../charts/ChartView.tsx")).ChartView, "the chart");

const MAC = /Mac|iP(hone|ad)/.test(navigator.platform);

/** Questions and their answers. */
export function SqlView({ open }: { open: Session }) {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<SqlEditor | undefined>(undefined);
  const answer = useSignal<Answer | undefined>(undefined);
  /** Whether what stands there is something to press Run for. */
  const waits = useSignal(false);
  const busy = useSignal(false);
  const data = open.data.value;

  const again = useRef(false);
  const answered = useRef<string | undefined>(undefined);

  const run = async (how: typeof askUnprompted = ask): Promise<void> => {
    const dataset = open.data.value;
    const sql = (editor.current?.text() ?? open.sql.value ?? "").trim();
    if (!dataset || sql === "") return;
    if (busy.value) {
      again.current = true;
      return;
    }
    busy.value = true;
    waits.value = false;
    const given = await how(dataset, sql);
    busy.value = false;
    // Asked once more meanwhile: what counts is what stands there now.
    if (again.current) {
      again.current = false;
      return run();
    }
    if (!given) {
      waits.value = true;
      return;
    }
    answered.current = sql;
    answer.value = given;
    if (given.kind === "rows") {
      say(plural(given.rows.length, "row"));
      if (open.chart.value && !fits(open.chart.value, given.rows)) open.chart.value = undefined;
    }
  };
  const latest = useRef(run);
  latest.current = run;

  useEffect(() => {
    const input = open.input;
    open.sql.value ??=
      (input.kind === "sample" ? sampleOf(input.id)?.sql : undefined) ??
      firstQuery(open.tables.value, open.preview.value);
    editor.current = openEditor(place.current!, {
      text: open.sql.value,
      tables: open.tables.value,
      run: () => void latest.current(),
      changed: (text) => (open.sql.value = text),
    });
    return () => editor.current?.destroy();
  }, []);
  useEffect(() => editor.current?.setTables(open.tables.value), [open.tables.value]);
  // The question that is there already is answered as soon as it can be, unless it is more than a question.
  useEffect(() => {
    if (data) void run(askUnprompted);
  }, [data]);

  const given = answer.value;
  const rows = given?.kind === "rows" ? given.rows : [];
  const offered = chooseChart(rows);
  const wish = open.chart.value;
  return (
    <div class="sql">
      <div class={`editor${given?.kind === "error" ? " bad" : ""}`} ref={place} />
      {given?.kind === "error" && (
        <div class="sql-error" role="alert">
          <pre>{given.message}</pre>
          {given.hint && <p class="quiet">{given.hint}</p>}
        </div>
      )}
      <div class="sql-bar">
        <button type="button" class="strong" disabled={!data || busy.value} onClick={() => void run()}>
          <Icon name="play" /> Run <kbd>{MAC ? "⌘" : "Ctrl"} ↵</kbd>
        </button>
        <span class="quiet" data-test="answer" data-answers={answered.current}>
          {!data
            ? "DuckDB is on its way; your question runs when it is there."
            : waits.value
              ? "Nothing has run yet: this may change the data. Run it if you mean it."
              : busy.value
                ? "Running…"
                : given?.kind === "rows"
                  ? `${given.more ? `the first ${plural(MOST_ROWS, "row")}` : plural(rows.length, "row")} in ${Math.max(1, Math.round(given.ms))} ms`
                  : ""}
        </span>
        {rows.length > 0 && (
          <span class="result-tools">
            <CopyButton text={() => asCsv(rows)} what="the result as CSV" label="Copy as CSV" />
            {offered && (
              <span class="switch" role="group" aria-label="Show the result as">
                <button type="button" aria-pressed={!wish} onClick={() => (open.chart.value = undefined)}>
                  Table
                </button>
                <button type="button" aria-pressed={!!wish} onClick={() => (open.chart.value ??= offered)}>
                  Chart
                </button>
              </span>
            )}
          </span>
        )}
      </div>
      {given?.kind === "rows" &&
        (wish && rows.length > 0 ? (
          <Chart open={open} rows={rows} wish={wish} />
        ) : rows.length > 0 ? (
          <Grid
            key={Object.keys(rows[0]!).join()}
            label="Result"
            columns={Object.keys(rows[0]!).map((name) => ({ name }))}
            count={rows.length}
            sample={rows.slice(0, 100)}
            row={(index) => rows[index]}
          />
        ) : (
          <p class="quiet pad">No rows.</p>
        ))}
    </div>
  );
}

function asCsv(rows: readonly Row[]): string {
  const columns = Object.keys(rows[0] ?? {});
  return csvHead(columns) + csvLines(columns, rows);
}
