import type { Destination } from "../../../core/destinations/contract.ts";
import { RunletError } from "../../../core/errors.ts";
import type { Altered } from "../../../core/pipeline/alter-dataset.ts";
import { hintLine, printedType, type SchemaStep, stepLine } from "../../../core/schema/steps.ts";
import { stdoutColours } from "../colours.ts";
import { allPackages } from "../packages.ts";
import { printJson, snakeCased } from "../printed-json.ts";
import { counted } from "../quantities.ts";
import { readSchemaFile } from "./file.ts";
import { datasetAt } from "./place.ts";

export interface DiffOptions {
  dataset?: string;
  rename?: Record<string, string>;
  json?: boolean;
}

export interface ApplyOptions extends DiffOptions {
  schema?: string;
  drop?: string[];
  yes?: boolean;
  dryRun?: boolean;
}

/** Exit code of a difference that was found. */
const DIFFERENT = 3;

/** Prints what differs; the exit code tells whether anything does. */
export async function diff(of: string, file: string, options: DiffOptions): Promise<number> {
  const to = readSchemaFile(file);
  const { dataset } = await datasetAt(of, options.dataset);
  const { rename = {}, json } = options;
  const found = await dataset.alter({ to, rename, dryRun: true });
  const isSame = changes(found) === 0;
  if (json) printJson(snakeCased({ dataset: dataset.name, ...plain(found) }));
  else if (isSame) process.stdout.write(`dataset ${dataset.name} is as ${file} says\n`);
  else print(found);
  return isSame ? 0 : DIFFERENT;
}

/** Carries it out, or with `--dry-run` only says what it would be. */
export async function apply(of: string, file: string | undefined, options: ApplyOptions): Promise<void> {
  const { rename = {}, drop = [], dryRun = false, yes = false } = options;
  if (file === undefined && Object.keys(rename).length + drop.length === 0) {
    throw new RunletError("USAGE", "nothing says what is to change", {
      hint: "give a file of the schema, --rename or --drop",
    });
  }
  const to = file === undefined ? {} : { to: readSchemaFile(file) };
  const { destination, dataset } = await datasetAt(of, options.dataset);
  if (!dryRun) await refusePending(destination, dataset.name);
  const done = await dataset.alter({
    ...to,
    ...(options.schema === undefined ? {} : { schema: options.schema }),
    rename,
    drop,
    dryRun,
    destructive: yes,
  });
  if (options.json) return printJson(snakeCased({ dataset: dataset.name, ...plain(done) }));
  const count = changes(done);
  if (count === 0) return void process.stdout.write(`dataset ${dataset.name} is as it should be\n`);
  print(done);
  if (dryRun) return void process.stdout.write("nothing was changed (--dry-run)\n");
  process.stdout.write(
    `✔ ${counted(count, "change")} → ${destination.address}, dataset ${dataset.name}: schema ${done.schema}, version ${done.version}\n`,
  );
}

/** Rows that an interrupted run left in a sealed package are of the schema as it is. */
async function refusePending(destination: Destination, dataset: string): Promise<void> {
  const waiting = (await allPackages()).find(
    ({ manifest }) =>
      manifest.status === "sealed" &&
      manifest.destination === destination.address &&
      manifest.dataset === dataset,
  );
  if (!waiting) return;
  const { loadId } = waiting.manifest;
  throw new RunletError("CONCURRENT_RUN", `load package ${loadId} of dataset ${dataset} is not loaded yet`, {
    hint: `nothing was changed: first runlet packages load ${loadId}, or drop it`,
  });
}

function changes({ steps, documented, hints }: Altered): number {
  return steps.length + documented.length + hints.length;
}

function plain({ steps, documented, hints, ...rest }: Altered): object {
  return { ...rest, steps, documented, hints };
}

function print({ steps, documented, hints }: Altered): void {
  const c = stdoutColours();
  const paint: Record<string, (text: string) => string> = { "+": c.green, "-": c.red, "~": c.yellow };
  for (const line of [...[...steps, ...documented].flatMap(lines), ...hints.map(hintLine)])
    process.stdout.write(`${paint[line[0]!]!(line)}\n`);
}

/** A new table is listed with its columns. */
function lines(step: SchemaStep): string[] {
  if (step.kind !== "create-table") return [stepLine(step)];
  const columns = Object.values(step.schema.columns).filter((column) => column.data_type !== undefined);
  return [
    stepLine(step),
    ...columns.map(
      (column) =>
        `+ ${step.table}.${column.name} ${printedType(column)}${column.nullable === false ? " not null" : ""}`,
    ),
  ];
}
