import type { Json } from "../../core/json.ts";
import { RunletError } from "../../core/errors.ts";
import { carryOut, type AddCommand } from "./command.ts";

interface QueryOptions {
  dataset?: string;
  json?: boolean;
}

/** Rows printed to people; programs get all. */
const ROWS_SHOWN = 1000;
const WIDTH_WITHOUT_TERMINAL = 160;

const HELP = `
Tables are found in the database's dataset; where it has several, name one (--dataset), or write dataset.table.
With --json the result is an array of objects; integers beyond 2^53 are strings, so that no digit is lost.

Examples:
  runlet query duckdb:gh.duckdb "show tables"
  runlet query duckdb:gh.duckdb "select i.title, l.name from issues i join issues__labels l on l._dlt_parent_id = i._dlt_id"
  runlet query gh.duckdb "select * from issues limit 10" --json | jq '.[].title'
  runlet query postgres://me@localhost/shop "select count(*) from orders"     password in PGPASSWORD
`;

export const addQuery: AddCommand = (program, ended) => {
  program
    .command("query")
    .description("ask a database with SQL")
    .argument(
      "<address>",
      "duckdb:<file>, <file>.duckdb, parquet:<folder>, parquet:s3://bucket/prefix, or postgres://user@host/database",
    )
    .argument("<sql>", "one SQL statement, in quotes")
    .option("--dataset <name>", "where tables without a dataset are looked up (default: the only one)")
    .option("--json", "the rows as a JSON array on stdout")
    .addHelpText("after", HELP)
    .action(async (address: string, sql: string, options: QueryOptions) => {
      await carryOut(ended, { json: options.json }, () => query(address, sql, options));
    });
};

async function query(address: string, sql: string, options: QueryOptions): Promise<void> {
  const [, { destinationAt }, { chosen, datasetsAt }] = await Promise.all([
    import("../index.ts"),
    import("../address.ts"),
    import("./dataset-choice.ts"),
  ]);
  const destination = destinationAt(address);
  // One session stays open, so that the database is opened once.
  const opened = await destination.open({ dataset: "main", existing: true });
  try {
    const all = await datasetsAt(destination);
    const dataset = chosen(all, options.dataset, destination.address);
    const session = await destination.open({ dataset: dataset ?? "main", existing: true });
    try {
      const rows = await session.query(sql).catch((error: unknown) => {
        throw dataset === undefined ? amongSeveral(error, all) : error;
      });
      await print(rows, options.json);
    } finally {
      await session.close();
    }
  } finally {
    await opened.close();
  }
}

async function print(rows: Record<string, Json>[], json: boolean | undefined): Promise<void> {
  if (json) {
    const { jsonText } = await import("./printed-json.ts");
    // A row a line: lines can be searched, and the whole is one document.
    process.stdout.write(rows.length === 0 ? "[]\n" : `[${rows.map((row) => jsonText(row)).join(",\n ")}]\n`);
    return;
  }
  if (rows.length === 0) {
    process.stdout.write("no rows\n");
    return;
  }
  const { printedRows } = await import("./printed-rows.ts");
  const width = process.stdout.columns ?? WIDTH_WITHOUT_TERMINAL;
  process.stdout.write(`${printedRows(rows.slice(0, ROWS_SHOWN), width)}\n`);
  if (rows.length > ROWS_SHOWN) {
    const { count } = await import("./quantities.ts");
    process.stderr.write(`first ${count(ROWS_SHOWN)} of ${count(rows.length)} rows; --json prints all\n`);
  }
}

/** A table was not found, and there are datasets it may be in. */
function amongSeveral(error: unknown, all: readonly string[]): unknown {
  if (!(error instanceof RunletError) || error.code !== "DESTINATION_QUERY" || all.length < 2) return error;
  return new RunletError(error.code, error.message, {
    where: error.where,
    hint: `the database has the datasets ${all.join(", ")}: name one with --dataset, or write ${all[0]}.<table>`,
    cause: error.cause,
  });
}
