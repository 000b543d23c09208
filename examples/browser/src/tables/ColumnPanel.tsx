import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Icon } from "../app/icons.tsx";
import { count, plural } from "../app/numbers.ts";
import type { Session } from "../app/session.ts";
import { asParsed } from "./as-parsed.ts";
import { askFacts, firstFacts, isInteger, type ColumnFacts } from "./column-facts.ts";
import { shown, typeLabel } from "./shown.ts";
import "./column-panel.css";

/** One column: its type, what is in it, and whether JavaScript's numbers could have held it. */
export function ColumnPanel({ open, table, column }: { open: Session; table: string; column: string }) {
  const view = open.tables.value
    .find(({ name }) => name === table)
    ?.columns.find(({ name }) => name === column);
  const facts = useSignal<ColumnFacts | undefined>(view && firstFacts(open.preview.value[table] ?? [], view));
  const problem = useSignal<string | undefined>(undefined);
  const data = open.data.value;
  useEffect(() => {
    if (!data || !view) return;
    askFacts(data, table, view).then(
      (asked) => (facts.value = asked),
      (error: unknown) => (problem.value = error instanceof Error ? error.message : String(error)),
    );
  }, [data]);
  const close = () => closeColumn(open);
  if (!view || !facts.value) return null;
  const { rows, nulls, distinct, min, max, samples, inexact, partial } = facts.value;
  const integer = isInteger(view);
  return (
    <aside class="column" aria-label={`Column ${column}`}>
      <header>
        <h3>{column}</h3>
        <button type="button" class="plain" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <p>
        <span class={`type ${view.type}`}>{typeLabel(view.type)}</span>
        {partial && <span class="quiet"> of the first {plural(rows, "row")}</span>}
      </p>
      {problem.value && <p class="wrong">{problem.value}</p>}
      <dl>
        <dt>Nulls</dt>
        <dd>
          {count(nulls)} <span class="quiet">of {count(rows)}</span>
          <Share part={nulls} of={rows} />
        </dd>
        <dt>Distinct</dt>
        <dd>{distinct === undefined ? "…" : count(distinct)}</dd>
        {min !== undefined && min !== null && (
          <>
            <dt>Least</dt>
            <dd class="value">{shown(min)}</dd>
            <dt>Greatest</dt>
            <dd class="value">{shown(max)}</dd>
          </>
        )}
      </dl>
      {integer ? (
        <Exact
          samples={samples.map(({ value }) => value as number | bigint | string)}
          inexact={inexact ?? 0}
        />
      ) : (
        <>
          <h4>Samples</h4>
          <ul class="values">
            {samples.map(({ value, times }) => (
              <li>
                <span class="value">{shown(value)}</span>
                {times > 1 && <span class="quiet">{count(times)} ×</span>}
              </li>
            ))}
            {samples.length === 0 && <li class="quiet">only nulls</li>}
          </ul>
        </>
      )}
    </aside>
  );
}

/** Closes the panel; the keyboard goes on at the column's heading. */
export function closeColumn(open: Session): void {
  const heading = document.querySelector<HTMLElement>(".head.chosen button");
  open.column.value = undefined;
  (heading ?? document.querySelector<HTMLElement>(".tree [tabindex='0']"))?.focus();
}

function Share({ part, of }: { part: number; of: number }) {
  const percent = of === 0 ? 0 : (100 * part) / of;
  return (
    <span class="share" aria-hidden="true">
      <i style={{ width: `${percent}%` }} />
    </span>
  );
}

/** Integers as they are, beside what `JSON.parse` would have made of them. */
function Exact({ samples, inexact }: { samples: readonly (number | bigint | string)[]; inexact: number }) {
  const differs = samples.some((value) => asParsed(value) !== String(value));
  return (
    <>
      <h4>Exact, and by JSON.parse</h4>
      <p class="quiet">
        {inexact > 0
          ? `${plural(inexact, "value")} beyond 2⁵³, where JavaScript's numbers have gaps${differs ? "" : "; these happen to miss them"}. Here every digit is kept.`
          : "All within 2⁵³, so both are the same. Beyond it every digit is kept here, too."}
      </p>
      <table class="exact">
        <thead>
          <tr>
            <th scope="col">here</th>
            <th scope="col">JSON.parse</th>
          </tr>
        </thead>
        <tbody>
          {samples.map((value) => (
            <tr class={asParsed(value) === String(value) ? "" : "differs"}>
              <td>{String(value)}</td>
              <td>{asParsed(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
