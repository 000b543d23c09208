import { Option } from "commander";
import type { Contract } from "../../core/pipeline/options.ts";
import { carryOut, type AddCommand } from "./command.ts";
import { byteCount, contract, countFromZero, duration, header, pageCount, tab } from "./option-values.ts";

interface LoadOptions {
  to?: string;
  table?: string;
  dataset?: string;
  records?: string;
  format?: "json" | "ndjson" | "csv" | "tsv";
  delimiter?: string;
  write: "append" | "replace";
  schemaHints?: string;
  maxNesting?: number;
  header?: Record<string, string>;
  firstIsHeader?: false;
  pages: number;
  onBadRecord: "error" | "quarantine";
  contract?: Contract;
  maxDuration?: number;
  maxBytes?: number;
  verbose?: boolean;
  log?: "json";
  json?: boolean;
}

const REPAIR = "repair it, or set bad records aside: --on-bad-record quarantine";

const HELP = `
The table is named after the file or the last part of the address (events-*.ndjson.gz → events,
…/duckdb/issues?page=1 → issues, - → stdin), the dataset after the table. Lists of objects become tables
of their own: issues → issues__labels, joined by issues__labels._dlt_parent_id = issues._dlt_id.

Examples:
  runlet load events.ndjson --to duckdb:events.duckdb
  runlet load 'logs/*.ndjson.gz' --to duckdb:logs.duckdb --table requests --write replace
  runlet load prices.csv --to duckdb:prices.duckdb
  runlet load answer.json --to duckdb:x.duckdb --records data.items
  runlet load "https://api.github.com/repos/duckdb/duckdb/issues?per_page=100" --pages all --to duckdb:gh.duckdb
  runlet load orders.json --to "postgres://me@localhost/shop?sslmode=require"      password in PGPASSWORD
  curl -s https://example.com/data.json | runlet load - --table data --to duckdb:x.duckdb
`;

export const addLoad: AddCommand = (program, ended) => {
  program
    .command("load")
    .description("load JSON or CSV from files, an address or stdin into tables")
    .argument("<from>", "a file, a 'glob' in quotes, an http(s) address, or - for stdin; gzip is recognised")
    .option(
      "--to <address>",
      "where to: duckdb:<file>, <file>.duckdb, parquet:<folder>, parquet:s3://bucket/prefix or postgres://user@host/database (default: RUNLET_DESTINATION, or duckdb:<dataset>.duckdb)",
    )
    .option("--table <name>", "name of the table (default: from the file or address)")
    .option("--dataset <name>", "name of the dataset, a schema in the database (default: the table's)")
    .option("--records <path>", "where the records are in each document: data.items, or payload[*].rows")
    .addOption(
      new Option(
        "--format <format>",
        "of the input (default: as its name or content type tells, else JSON)",
      ).choices(["json", "ndjson", "csv", "tsv"]),
    )
    .option(
      "--delimiter <character>",
      "between the cells of csv (default: , ; tab or |, whichever fits)",
      tab,
    )
    .addOption(noHeader())
    .addOption(
      new Option("--write <how>", "add to what is there, or replace it")
        .choices(["append", "replace"])
        .default("append"),
    )
    .option(
      "--schema-hints <file>",
      "YAML or JSON with columns: {name: type}, to set what is not to be guessed",
    )
    .option(
      "--max-nesting <n>",
      "levels of nested tables; deeper values stay JSON (default: all)",
      countFromZero,
    )
    .option("--header <name: value>", "a header to send to an address; may be repeated", header)
    .addOption(
      new Option("--pages <all|n>", "pages to read from an address; the next page's link is found by itself")
        .argParser(pageCount)
        .default(1),
    )
    .addOption(
      new Option("--on-bad-record <what>", "stop at a malformed record, or set it aside in _runlet_rejects")
        .choices(["error", "quarantine"])
        .default("error"),
    )
    .option(
      "--contract <modes>",
      "what may change in the schema: freeze, discard_row, discard_value, or columns=freeze,tables=… (default: all)",
      contract,
    )
    .option(
      "--max-duration <time>",
      "commit what there is before this time is over: 30s, 5m; run again to continue",
      duration,
    )
    .option("--max-bytes <size>", "read this much at most: 100mb; run again to continue", byteCount)
    .option("--verbose", "also what was done when, and how long it took")
    .addOption(new Option("--log <format>", "what happens, as JSON lines on stderr").choices(["json"]))
    .option("--json", "the result as one JSON document on stdout")
    .addHelpText("after", HELP)
    .action(async (from: string, options: LoadOptions) => {
      const report = {
        loads: true,
        json: options.json,
        log: options.log,
        advice: { SOURCE_NOT_JSON: REPAIR, SOURCE_NOT_CSV: REPAIR },
      };
      await carryOut(ended, report, (signal) => load(from, options, signal));
    });
};

/** `--no-header` says no more than that: it takes back no `--header` of the requests. */
function noHeader(): Option {
  const option = new Option(
    "--no-header",
    "the first record of csv is data: the columns are column_1, column_2, …",
  );
  option.attributeName = () => "firstIsHeader";
  return option;
}

async function load(from: string, options: LoadOptions, signal: AbortSignal): Promise<void> {
  const [
    { pipeline },
    { destinationAt },
    { display },
    { printLoad },
    { printEntry, tell },
    { sourceOf, tableFrom },
  ] = await Promise.all([
    import("../index.ts"),
    import("../address.ts"),
    import("./progress.ts"),
    import("./load-result.ts"),
    import("./log-lines.ts"),
    import("./load-source.ts"),
  ]);
  const table = options.table ?? tableFrom(from);
  const source = sourceOf({
    from,
    table,
    write: options.write,
    records: options.records,
    format: options.format,
    csv: {
      ...(options.delimiter === undefined ? {} : { delimiter: options.delimiter }),
      ...(options.firstIsHeader === false ? { header: false } : {}),
    },
    headers: options.header ?? {},
    pages: options.pages,
    hints: options.schemaHints
      ? (await import("./schema-hints.ts")).readSchemaHints(options.schemaHints)
      : {},
  });
  const dataset = options.dataset ?? table;
  const progress = display(source.unit, options.log);
  // Named after the dataset: what is loaded into one dataset, load by load, shares its schema.
  const info = await pipeline(dataset, source.resource, { dataset })
    .run({
      ...(options.to !== undefined ? { to: destinationAt(options.to) } : {}),
      signal,
      ...(options.contract === undefined ? {} : { contract: options.contract }),
      ...(options.maxDuration === undefined ? {} : { maxDuration: options.maxDuration }),
      ...(options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes }),
      ...(options.log ? { log: printEntry } : {}),
      ...(source.fetch ? { fetch: source.fetch } : {}),
      onProgress: (now) => progress.update(now),
      normalise: {
        onBadRecord: options.onBadRecord,
        ...(options.maxNesting === undefined ? {} : { maxNesting: options.maxNesting }),
      },
    })
    .finally(() => progress.end());
  printLoad(info, { ...options, unit: source.unit });
  if (source.hasMore()) tell("there are more pages: --pages all loads them", options.log);
}
