import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { RunletError } from "../../core/errors.ts";
import { addInfo } from "./info.ts";
import { addLoad } from "./load.ts";
import { addPackages } from "./packages.ts";
import { addQuery } from "./query.ts";
import { reportError } from "./report.ts";
import { addRun } from "./run.ts";
import { addSchema } from "./schema.ts";

const ABOUT = `JSON from files and APIs becomes related tables, in a DuckDB file or in Postgres: schema inferred,
every digit kept, each load whole or absent.`;

const EXAMPLES = `
Examples:
  runlet load events.ndjson --to duckdb:events.duckdb
  runlet load "https://api.github.com/repos/duckdb/duckdb/issues?per_page=100" --to duckdb:gh.duckdb
  runlet query duckdb:gh.duckdb "select name, count(*) n from issues__labels group by all order by n desc"
  runlet schema duckdb:gh.duckdb
  runlet run pipeline.ts --dry-run --limit 100

Addresses:   duckdb:<file>, <file>.duckdb, duckdb::memory: (gone afterwards), parquet:<folder>,
             parquet:s3://bucket/prefix (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION), or
             postgres://user@host:5432/database?sslmode=require (password in PGPASSWORD)
Exit codes:  0 done · 2 usage or configuration · 3 schema or contract · 4 source · 5 destination
             6 storage · 7 cancelled · 70 defect in runlet
`;

/** Runs the command line; the promise is the process's exit code. Reports every error itself. */
export async function commandLine(parameters: readonly string[]): Promise<number> {
  let code = 0;
  const ended = (exitCode: number) => void (code = exitCode);
  const program = new Command("runlet")
    .description(ABOUT)
    .version(version(), "-v, --version", "print the version")
    .helpOption("-h, --help", "print this help, or that of a command")
    .helpCommand("help [command]", "print the help of a command")
    .addHelpText("after", EXAMPLES)
    .configureHelp({ helpWidth: Math.min(process.stdout.columns ?? 100, 110), showGlobalOptions: false })
    .configureOutput({ outputError: () => undefined })
    .exitOverride();
  addLoad(program, ended);
  addRun(program, ended);
  addQuery(program, ended);
  addSchema(program, ended);
  addInfo(program, ended);
  addPackages(program, ended);
  if (parameters.length === 0) {
    program.outputHelp();
    return 0;
  }
  try {
    await program.parseAsync([...parameters], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportError(error);
    if (error.exitCode === 0) return 0;
    const message = error.message.replace(/^error: /, "").replace(/\n/g, " ");
    return reportError(
      new RunletError("USAGE", message, { hint: `see: runlet ${helpOf(program, parameters)}--help` }),
    );
  }
  return code;
}

function helpOf(program: Command, [name]: readonly string[]): string {
  return program.commands.some((command) => command.name() === name) ? `${name} ` : "";
}

/** From package.json: two folders up from the source, three from what is built. */
function version(): string {
  for (const place of ["../../package.json", "../../../package.json"]) {
    try {
      const text = readFileSync(new URL(place, import.meta.url), "utf8");
      return (JSON.parse(text) as { version: string }).version;
    } catch {
      // The other place, then.
    }
  }
  return "unknown";
}
