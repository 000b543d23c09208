import { Option } from "commander";
import type { Checkpoint } from "../../core/pipeline/checkpoint.ts";
import type { Contract } from "../../core/pipeline/options.ts";
import { carryOut, type AddCommand } from "./command.ts";
import { byteCount, checkpoint, contract, duration, names, wholeNumber } from "./option-values.ts";

interface RunCommandOptions {
  to?: string;
  only?: string[];
  limit?: number;
  contract?: Contract;
  maxDuration?: number;
  maxBytes?: number;
  checkpoint?: Checkpoint;
  dryRun?: boolean;
  refresh?: boolean;
  schema?: string;
  refreshMode?: "data" | "resources" | "sources";
  envFile?: string;
  verbose?: boolean;
  log?: "json";
  json?: boolean;
}

const HELP = `
The file exports a pipeline: export default pipeline("github", …). TypeScript runs as it is. Secrets and
settings are looked up in the environment, then .env, then runlet.toml.

Examples:
  runlet run pipeline.ts --dry-run --limit 100      look at the tables, load nothing
  runlet run pipeline.ts --to duckdb:gh.duckdb
  runlet run pipeline.ts --only issues --refresh    load the table issues anew
`;

export const addRun: AddCommand = (program, ended) => {
  program
    .command("run")
    .description("run a pipeline file (TypeScript or JavaScript)")
    .argument("<pipeline>", "the file whose default export is the pipeline")
    .option(
      "--to <address>",
      "where to: duckdb:<file>, <file>.duckdb, parquet:<folder>, parquet:s3://bucket/prefix or postgres://user@host/database (default: RUNLET_DESTINATION, or duckdb:<pipeline>.duckdb)",
    )
    .option("--only <resources>", "load only these resources: a,b; may be repeated", names)
    .option("--limit <n>", "records per resource, at most", wholeNumber)
    .option(
      "--dry-run",
      "show tables and rows, load nothing; needs no destination (100 records without --limit)",
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
    .option(
      "--checkpoint <size>",
      "load what there is after each 200mb, or 5m, or 200mb,5m, and go on: what fails later leaves it loaded",
      checkpoint,
    )
    .option("--refresh", "start anew: forget the state, replace what was loaded")
    .addOption(
      new Option(
        "--refresh-mode <mode>",
        "start anew, as dlt's modes: data (state and rows of these resources), resources (their tables, too), sources (all tables and state of their sources)",
      ).choices(["data", "resources", "sources"]),
    )
    .option("--schema <file>", "start from this schema, YAML or JSON, as runlet schema export writes it")
    .option("--env-file <file>", "read secrets and settings from this file in place of .env")
    .option("--verbose", "also what was done when, and how long it took")
    .addOption(new Option("--log <format>", "what happens, as JSON lines on stderr").choices(["json"]))
    .option("--json", "the result as one JSON document on stdout")
    .addHelpText("after", HELP)
    .action(async (file: string, options: RunCommandOptions) => {
      await carryOut(ended, { loads: true, json: options.json, log: options.log }, (signal) =>
        run(file, options, signal),
      );
    });
};

async function run(file: string, options: RunCommandOptions, signal: AbortSignal): Promise<void> {
  const [{ loadPipeline }, { destinationAt }, { useEnvFile }, { display }, { printEntry }] =
    await Promise.all([
      import("./pipeline-file.ts"),
      import("../address.ts"),
      import("../environment.ts"),
      import("./progress.ts"),
      import("./log-lines.ts"),
    ]);
  if (options.envFile) useEnvFile(options.envFile);
  const to = options.to !== undefined ? { to: destinationAt(options.to) } : {};
  const pipeline = await loadPipeline(file);
  const progress = display(undefined, options.log);
  const asked = {
    ...(options.only ? { only: options.only } : {}),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
    ...(options.schema === undefined
      ? {}
      : { schema: (await import("./schema/file.ts")).readSchemaFile(options.schema) }),
    signal,
    ...(options.contract === undefined ? {} : { contract: options.contract }),
    ...(options.log ? { log: printEntry } : {}),
    onProgress: (now: Parameters<typeof progress.update>[0]) => progress.update(now),
  };
  if (options.dryRun) {
    const preview = await pipeline.preview(asked).finally(() => progress.end());
    (await import("./preview-result.ts")).printPreview(preview, pipeline.name, options.json);
    return;
  }
  const { maxDuration, maxBytes } = options;
  const budget = {
    ...(options.checkpoint === undefined ? {} : { checkpoint: options.checkpoint }),
    ...(maxDuration === undefined ? {} : { maxDuration }),
    ...(maxBytes === undefined ? {} : { maxBytes }),
  };
  const anew = options.refreshMode ?? options.refresh;
  const refresh = anew ? { refresh: anew } : {};
  const info = await pipeline.run({ ...asked, ...to, ...refresh, ...budget }).finally(() => progress.end());
  (await import("./load-result.ts")).printLoad(info, options);
}
