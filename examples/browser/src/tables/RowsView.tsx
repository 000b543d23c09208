import { useEffect, useMemo } from "preact/hooks";
import { plural } from "../app/numbers.ts";
import type { Session } from "../app/session.ts";
import { Grid, MOST_SHOWN } from "./Grid.tsx";
import { columnsInOrder } from "./model.ts";
import { TablePages } from "./pages.ts";

/** The rows of the selected table: the first ones at once, all of them when DuckDB has them. */
export function RowsView({ open }: { open: Session }) {
  const table = open.tables.value.find(({ name }) => name === open.selected.value) ?? open.tables.value[0];
  const data = open.data.value;
  const pages = useMemo(() => data && table && new TablePages(data, table.name), [data, table?.name]);
  useEffect(() => () => pages?.stop(), [pages]);
  if (!table) return null;
  const first = open.preview.value[table.name] ?? [];
  const columns = columnsInOrder(table);
  const own = columns.filter(({ added }) => !added).length;
  // Reading the version makes the grid draw anew when rows come.
  void pages?.version.value;
  return (
    <>
      <p class="about">
        <strong>{table.name}</strong>
        <span>
          {plural(table.rows, "row")}, {plural(own, "column")}
        </span>
        {table.parent && (
          <span class="key">
            <code>_dlt_parent_id</code> → <code>{table.parent}._dlt_id</code>
          </span>
        )}
        {!data && first.length < table.rows && (
          <span class="quiet">first {first.length} shown until DuckDB is there</span>
        )}
        {data && table.rows > MOST_SHOWN && (
          <span class="quiet">the first {plural(MOST_SHOWN, "row")} are here, SQL reaches all</span>
        )}
      </p>
      {pages?.problem.value && (
        <p class="wrong" role="alert">
          {pages.problem.value}
        </p>
      )}
      <Grid
        key={table.name}
        label={`Rows of ${table.name}`}
        columns={columns}
        count={data ? table.rows : first.length}
        sample={first}
        row={(index) => pages?.row(index) ?? first[index]}
        onRange={(from, to) => pages?.want(from, to)}
        chosen={open.column.value?.table === table.name ? open.column.value.column : undefined}
        onColumn={(column) => {
          const same = open.column.value?.table === table.name && open.column.value.column === column;
          open.column.value = same ? undefined : { table: table.name, column };
        }}
      />
    </>
  );
}
