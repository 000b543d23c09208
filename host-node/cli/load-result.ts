import type { LoadInfo } from "../../core/pipeline/load-info.ts";
import type { Tables } from "../../core/schema/types.ts";
import { withoutPassword } from "../address.ts";
import { environment } from "../environment.ts";
import { stdoutColours } from "./colours.ts";
import { tell } from "./log-lines.ts";
import { printJson, snakeCased } from "./printed-json.ts";
import { printedTrace } from "./printed-trace.ts";
import { bytes, counted, seconds } from "./quantities.ts";

export interface PrintOptions {
  json?: boolean | undefined;
  /** The trace, too. */
  verbose?: boolean | undefined;
  log?: "json" | undefined;
  /** The destination as it was asked for. */
  to?: string | undefined;
  /** What the source consists of (`page`, `file`); default: records. */
  unit?: string;
}

/** The result of a load on stdout: for programs one JSON document, for people what was loaded and how to go on. */
export function printLoad(info: LoadInfo, { json, verbose, log, unit, to }: PrintOptions): void {
  if (json) {
    printJson({ ...loadResult(info), ...(verbose ? { trace: snakeCased(info.trace) } : {}) });
    return;
  }
  const c = stdoutColours();
  const parts = unit ? counted(info.pages, unit) : counted(info.records, "record");
  const read = `${parts}, ${bytes(info.bytes)} in ${seconds(info.durationMs)}`;
  const where = `${info.destination}, dataset ${info.datasetName}`;
  process.stdout.write(
    `${c.green("✔")} ${read} → ${c.bold(where)} ${c.dim(info.nothingNew ? "(nothing new)" : `(load ${info.loadId})`)}\n`,
  );
  const [, ...lines] = String(info).split("\n");
  const tree = info.complete ? lines : lines.slice(0, -1);
  process.stdout.write(tree.map((line) => `${painted(line)}\n`).join(""));
  if (tree.length === 0) process.stdout.write("  no rows\n");
  if (verbose) process.stdout.write(`${printedTrace(info.trace)}\n`);
  if (info.stoppedBy) tell(`stopped by ${OPTION[info.stoppedBy]}; run again to continue: ${left(info)}`, log);
  if (info.rejects > 0)
    tell(`${counted(info.rejects, "malformed record")} set aside in the table _runlet_rejects`, log);
  const table = Object.keys(info.tables).find((name) => name !== "_runlet_rejects");
  if (table && !info.destination.endsWith(":memory:")) {
    // A server is not found by what is printed of it: parameters and user are left out.
    const typed = to ?? environment("RUNLET_DESTINATION") ?? info.destination;
    const address = info.destination.startsWith("duckdb:") ? info.destination : withoutPassword(typed);
    // A shell takes & and ? for its own.
    const quoted = /[^\w./:@%+…-]/.test(address) ? `"${address}"` : address;
    const more = `${calledAs()} query ${quoted} "select * from ${table} limit 10"`;
    process.stdout.write(`  ${c.dim("Next:")} ${more}\n`);
  }
}

const OPTION = { maxDuration: "--max-duration", maxBytes: "--max-bytes" } as const;

function left({ remaining }: LoadInfo): string {
  return remaining.map(({ resource, from }) => (from ? `${resource} from ${from}` : resource)).join(", ");
}

/** What a person types to call this command again: npm sets the variable for what it starts. */
function calledAs(): string {
  return process.env["npm_command"] ? "npx runlet" : "runlet";
}

/** The shape of `--json`, which programs may rely on. */
export function loadResult(info: LoadInfo) {
  return {
    load_id: info.loadId,
    ...(info.nothingNew ? { nothing_new: true } : {}),
    dataset: info.datasetName,
    tables: Object.fromEntries(
      Object.entries(info.tables).map(([name, { rows, columns }]) => [name, { rows, columns }]),
    ),
    schema_changes: info.schemaChanges,
    discarded: info.discarded,
    rejects: info.rejects,
    duration_ms: Math.round(info.durationMs),
    complete: info.complete,
    ...(info.complete ? {} : { stopped_by: info.stoppedBy, remaining: info.remaining }),
  };
}

/** The columns of dlt tables as `--json` shows them. */
export function columnsOf(tables: Tables, table: string) {
  const columns = Object.values(tables[table]?.columns ?? {}).filter(
    (column) => column.data_type !== undefined,
  );
  return Object.fromEntries(
    columns.map((column) => [
      column.name,
      {
        type: column.data_type,
        nullable: column.nullable ?? true,
        ...(column.variant ? { variant: true } : {}),
      },
    ]),
  );
}

/** A line of the tree of tables, its structure dim and its names plain. */
export function painted(line: string): string {
  const c = stdoutColours();
  return line
    .replace(
      /^( *)([│├└─ ]*)/,
      (_, indent: string, branches: string) => indent + (branches && c.dim(branches)),
    )
    .replace(/ {2}new$/, `  ${c.green("new")}`)
    .replace(/(\d+ columns?)/, (columns) => c.dim(columns))
    .replace(/( {3})(\S+__\S+)$/, (_, gap: string, name: string) => gap + c.dim(name));
}
