import type { Json } from "../../core/json.ts";
import { RunletError } from "../../core/errors.ts";
import { carryOut, type AddCommand } from "./command.ts";

interface InfoOptions {
  dataset?: string;
  json?: boolean;
}

/** Loads and schema versions printed to people; programs get all. */
const SHOWN = 10;

const HELP = `
Examples:
  runlet info duckdb:gh.duckdb
  runlet info gh.duckdb --json | jq '.state.github.sources'
`;

export const addInfo: AddCommand = (program, ended) => {
  program
    .command("info")
    .description("what a dataset remembers: loads, schema versions, state; and packages not loaded yet")
    .argument("<address>", "duckdb:<file>, <file>.duckdb, parquet:<folder>, or postgres://…")
    .option("--dataset <name>", "default: the only one")
    .option("--json", "all of it as one JSON document on stdout")
    .addHelpText("after", HELP)
    .action((address: string, options: InfoOptions) =>
      carryOut(ended, { json: options.json }, () => info(address, options)),
    );
};

type Row = Record<string, Json>;

async function info(address: string, options: InfoOptions): Promise<void> {
  const [, { destinationAt }, { chosen, datasetsAt }, { allPackages }] = await Promise.all([
    import("../index.ts"),
    import("../address.ts"),
    import("./dataset-choice.ts"),
    import("./packages.ts"),
  ]);
  const destination = destinationAt(address);
  const all = await datasetsAt(destination);
  const dataset = chosen(all, options.dataset, destination.address);
  if (dataset === undefined) {
    throw new RunletError(
      "USAGE",
      `${destination.address} has ${all.length ? "several datasets" : "no dataset"}`,
      {
        hint: all.length ? `name one with --dataset: ${all.join(", ")}` : "nothing was loaded into it yet",
      },
    );
  }
  const session = await destination.open({ dataset, existing: true });
  const found = {
    dataset,
    loads: [] as Row[],
    schemas: [] as Row[],
    state: {} as Row,
    packages: [] as Row[],
  };
  try {
    found.loads = await session.query<Row>(
      "select load_id, schema_name, status, inserted_at, schema_version_hash from _dlt_loads order by load_id desc",
    );
    found.schemas = await session.query<Row>(
      "select schema_name, version, version_hash, inserted_at from _dlt_version order by inserted_at desc",
    );
    // Written by a load that has state; absent before.
    const pipelines = await session
      .query<{ name: string }>("select distinct pipeline_name as name from _dlt_pipeline_state order by 1")
      .catch(() => []);
    for (const { name } of pipelines) found.state[name] = (await session.restore(name, "")).state ?? null;
  } finally {
    await session.close();
  }
  found.packages = (await allPackages())
    .filter(({ manifest }) => manifest.destination === destination.address && manifest.dataset === dataset)
    .map(({ manifest: { loadId, status, pipeline, created } }) => ({
      load_id: loadId,
      status,
      pipeline,
      created,
    }));
  if (options.json) (await import("./printed-json.ts")).printJson(found);
  else await print(found, destination.address);
}

async function print(
  found: { dataset: string; loads: Row[]; schemas: Row[]; state: Row; packages: Row[] },
  address: string,
): Promise<void> {
  const [{ printedRows }, { jsonText }, { counted }, { stdoutColours }] = await Promise.all([
    import("./printed-rows.ts"),
    import("./printed-json.ts"),
    import("./quantities.ts"),
    import("./colours.ts"),
  ]);
  const c = stdoutColours();
  const width = process.stdout.columns ?? 160;
  const out = [c.bold(`${address}, dataset ${found.dataset}`)];
  const part = (title: string, rows: Row[]) => {
    out.push("", c.bold(title));
    if (rows.length) out.push(printedRows(rows.slice(0, SHOWN), width));
    if (rows.length > SHOWN) out.push(c.dim(`newest ${SHOWN}; --json has all`));
  };
  part(counted(found.loads.length, "load"), found.loads);
  part(counted(found.schemas.length, "schema version"), found.schemas);
  for (const [pipeline, state] of Object.entries(found.state)) {
    const { _state_version: version, sources } = state as { _state_version: number; sources?: Json };
    out.push("", c.bold(`state of pipeline ${pipeline}, version ${version}`), jsonText(sources ?? {}, 2));
  }
  part(counted(found.packages.length, "package"), found.packages);
  process.stdout.write(`${out.join("\n")}\n`);
}
