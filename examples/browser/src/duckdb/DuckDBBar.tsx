import type { Session } from "../app/session.ts";
import { downloaded, engine } from "./database.ts";

const MB = (bytes: number) => (bytes / 1e6).toFixed(1);

/** How far DuckDB is, by name, until it has the data. */
export function DuckDBBar({ open }: { open: Session }) {
  if (open.data.value || engine.value === "absent" || open.stage.value === "failed") return null;
  if (engine.value === "downloading") {
    return (
      <div class="duck">
        <label for="duckdb">
          DuckDB {MB(downloaded.value)} of {MB(DUCKDB_BYTES)} MB
        </label>
        <progress id="duckdb" max={DUCKDB_BYTES} value={Math.min(downloaded.value, DUCKDB_BYTES)} />
      </div>
    );
  }
  return (
    <div class="duck">
      <span class="quiet">{engine.value === "starting" ? "DuckDB starts…" : "DuckDB takes the tables…"}</span>
      <progress aria-label="DuckDB" />
    </div>
  );
}
