import { lazily } from "./lazily.tsx";
import { Status } from "./Status.tsx";
import { Tabs } from "./Tabs.tsx";
import { view, type Session } from "./session.ts";
import { FailureCard } from "../land/FailureCard.tsx";
import { closeColumn, ColumnPanel } from "../tables/ColumnPanel.tsx";
import { RowsView } from "../tables/RowsView.tsx";
import { Tree } from "../tables/Tree.tsx";
import { TakeAway } from "../take-away/TakeAway.tsx";
import { Readonly } from "../storage/Readonly.tsx";
import "./workspace.css";

const Diagram = lazily(async () => (await import("../diagram/Diagram.tsx")).Diagram, "the diagram");
const Sql = lazily(async () => (await import("../sql/SqlView.tsx")).SqlView, "the SQL editor");

/** Everything about what is open: its tables, and what can be done with them. */
export function Workspace({ open }: { open: Session }) {
  const failure = open.failure.value;
  const known = open.tables.value.length > 0;
  return (
    <section class="work" aria-label={open.title}>
      <Status open={open} />
      <Readonly open={open} />
      {failure && <FailureCard open={open} failure={failure} />}
      {!known && !failure && <Waiting open={open} />}
      {known && (
        <div
          class="bench"
          onKeyDown={(event) => {
            if (event.key === "Escape" && open.column.value && view.value === "rows") closeColumn(open);
          }}
        >
          <Tree open={open} />
          <div class="main">
            <Tabs />
            <div
              class="panel"
              role="tabpanel"
              id={`panel-${view.value}`}
              aria-labelledby={`tab-${view.value}`}
            >
              {view.value === "rows" && <RowsView open={open} />}
              {view.value === "diagram" && <Diagram open={open} />}
              {view.value === "sql" && <Sql open={open} />}
              {view.value === "take" && <TakeAway open={open} />}
            </div>
          </div>
          {open.column.value && view.value === "rows" && (
            <ColumnPanel
              open={open}
              key={`${open.column.value.table}.${open.column.value.column}`}
              {...open.column.value}
            />
          )}
        </div>
      )}
    </section>
  );
}

function Waiting({ open }: { open: Session }) {
  const { bytes, total } = open.figures.value;
  return (
    <div class="waiting">
      <p class="quiet">
        {open.stage.value === "fetching" ? "Fetching" : "Reading"} {open.title}…
      </p>
      <progress aria-label={`Fetching ${open.title}`} {...(total ? { max: total, value: bytes } : {})} />
    </div>
  );
}
