// What `--help` and `--version` print.
import { out, flushOutput, putLine } from "./system";

/** As in package.json; a test compares them. */
const VERSION: string = "0.1.0";

export function printVersion(): void {
  putLine(out, VERSION);
  flushOutput();
}

export function printHelp(): void {
  putLine(out, "Usage: wasmtime runlet-engine.wasm [options] < in.ndjson > out");
  putLine(out, "");
  putLine(
    out,
    "JSON or CSV on stdin becomes related tables on stdout: types inferred, every digit kept, lists as own tables.",
  );
  putLine(out, "");
  putLine(out, "Input:");
  putLine(out, "  --format <format>       auto, ndjson, json, csv or tsv (default: auto)");
  putLine(
    out,
    "  --records <path>        where the records are in a document: data.items, or payload[*].rows",
  );
  putLine(out, "  --table <name>          name of the root table (default: stdin)");
  putLine(
    out,
    "  --ordinal <n>           number of this input in its load, where several share a seed (default: 0)",
  );
  putLine(
    out,
    "  --on-bad-record <what>  error, or quarantine: set aside in _runlet_rejects (default: error)",
  );
  putLine(out, "");
  putLine(out, "Types and names:");
  putLine(
    out,
    "  --hint <path=type>      text, bigint, double, bool, timestamp, date, time, json, binary, wei, decimal,",
  );
  putLine(out, "                          decimal(20,4), or drop, mask:redact, mask:null; may be repeated");
  putLine(out, "  --primary-key <a,b>     columns of the key; may be repeated");
  putLine(
    out,
    '  --columns-json <list>   column hints as JSON: [{"path":["user","id"],"type":"text","as":"uid"}]',
  );
  putLine(out, "  --max-nesting <n>       levels of nested tables; deeper values stay JSON (default: all)");
  putLine(out, "  --on-type-conflict <h>  widen, or variant: a column of its own (default: widen)");
  putLine(out, "");
  putLine(out, "Output:");
  putLine(out, "  --output <format>       arrow (default), csv or sql");
  putLine(
    out,
    "                          arrow: a tar of Arrow IPC streams, <table>/<schema version>-<number>.arrows, and",
  );
  putLine(out, "                          schema.json; with --only one plain Arrow IPC stream");
  putLine(out, "                          csv: the root table, or that of --only");
  putLine(out, "                          sql: CREATE TABLE and INSERT of all tables, in one transaction");
  putLine(out, "  --only <table>          this table and no other");
  putLine(out, "  --dialect <database>    of sql: duckdb (default), postgres or sqlite");
  putLine(out, "  --schema                only the schema, as JSON: tables, columns, rows of each");
  putLine(out, "  --lookahead <MB>        held back before a table's columns are written (default: 16)");
  putLine(out, "  --log json              errors and the summary as JSON lines on stderr");
  putLine(out, "");
  putLine(out, "Load:");
  putLine(out, "  --load-id <id>          of _dlt_load_id (default: the time)");
  putLine(
    out,
    "  --seed <n>              of the row ids: equal input and seed give equal bytes (default: random)",
  );
  putLine(out, "  --max-memory <MB>       that the engine may use (default: 4096)");
  putLine(out, "  --config <object>       further configuration of the engine as JSON (engine.wit: open)");
  putLine(out, "  --input <object>        further options of the input as JSON (engine.wit: input)");
  putLine(out, "");
  putLine(out, "Examples:");
  putLine(out, "  wasmtime runlet-engine.wasm --table events < events.ndjson | tar x");
  putLine(
    out,
    "  wasmtime runlet-engine.wasm --table events --output sql < events.ndjson | duckdb events.duckdb",
  );
  putLine(
    out,
    "  wasmtime runlet-engine.wasm --table events --only events__tags --output csv < events.ndjson",
  );
  putLine(out, "");
  putLine(out, "Exit codes: 0 done · 2 usage or configuration · 3 schema · 4 source · 6 output · 70 defect");
  flushOutput();
}
