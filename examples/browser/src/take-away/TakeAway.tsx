import { useSignal } from "@preact/signals";
import { Icon } from "../app/icons.tsx";
import { count, plural } from "../app/numbers.ts";
import type { Session } from "../app/session.ts";
import { whySavingFailed } from "../storage/no-room.ts";
import { CopyButton } from "./CopyButton.tsx";
import { cliLine, pipelineCode, workerCode } from "./code.ts";
import { databaseFile } from "./database-file.ts";
import { offer } from "./offer.ts";
import { tableAsCsv, tableAsParquet } from "./tables-as-files.ts";
import "./take-away.css";

/** The data as files, and what the page did as code. */
export function TakeAway({ open }: { open: Session }) {
  const table = open.tables.value.find(({ name }) => name === open.selected.value) ?? open.tables.value[0];
  const busy = useSignal<string | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  const data = open.data.value;
  const attempt = async (what: string, make: () => Promise<Blob>, name: string) => {
    busy.value = what;
    problem.value = undefined;
    try {
      offer(await make(), name);
    } catch (error) {
      problem.value = await whySavingFailed(error);
    } finally {
      busy.value = undefined;
    }
  };
  const ready = data !== undefined && busy.value === undefined;
  return (
    <div class="take">
      <section aria-labelledby="take-files">
        <h3 id="take-files">As files</h3>
        {!data && <p class="quiet">Ready as soon as DuckDB is there.</p>}
        <div class="files">
          <button
            type="button"
            class="file"
            disabled={!ready}
            onClick={() => void attempt("duckdb", () => databaseFile(open), `${open.dataset}.duckdb`)}
          >
            <Icon name="down" />
            <span>
              <strong>{busy.value === "duckdb" ? "Making it…" : `${open.dataset}.duckdb`}</strong>
              <small>all {plural(open.tables.value.length, "table")}, for DuckDB 1.3 and later</small>
            </span>
          </button>
          {table && data && (
            <>
              <button
                type="button"
                class="file"
                disabled={!ready}
                onClick={() =>
                  void attempt("parquet", () => tableAsParquet(data, table), `${table.name}.parquet`)
                }
              >
                <Icon name="down" />
                <span>
                  <strong>{busy.value === "parquet" ? "Making it…" : `${table.name}.parquet`}</strong>
                  <small>{count(table.rows)} rows of the selected table</small>
                </span>
              </button>
              <button
                type="button"
                class="file"
                disabled={!ready}
                onClick={() => void attempt("csv", () => tableAsCsv(data, table), `${table.name}.csv`)}
              >
                <Icon name="down" />
                <span>
                  <strong>{busy.value === "csv" ? "Making it…" : `${table.name}.csv`}</strong>
                  <small>{count(table.rows)} rows of the selected table</small>
                </span>
              </button>
            </>
          )}
        </div>
        {problem.value && (
          <p class="wrong" role="alert">
            {problem.value}
          </p>
        )}
      </section>
      {open.input.kind !== "saved" && (
        <section aria-labelledby="take-code">
          <h3 id="take-code">As code</h3>
          <Code
            title="Pipeline"
            about="TypeScript, for Node, Deno, Bun, Workers and browsers"
            text={pipelineCode(open)}
          />
          <Code title="Command line" about="the same without code" text={cliLine(open)} />
          <Code title="Worker" about="on Cloudflare, every hour, to Parquet on R2" text={workerCode(open)} />
        </section>
      )}
    </div>
  );
}

function Code({ title, about, text }: { title: string; about: string; text: string }) {
  return (
    <figure class="code">
      <figcaption>
        <strong>{title}</strong> <span class="quiet">{about}</span>
        <CopyButton text={text} what={title} label="Copy" />
      </figcaption>
      <pre tabIndex={0} aria-label={title}>
        {text}
      </pre>
    </figure>
  );
}
