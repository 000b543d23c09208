import { InvalidArgumentError, Option } from "commander";
import { carryOut, type AddCommand } from "./command.ts";
import { names } from "./option-values.ts";

const PLACE =
  "duckdb:<file>, <file>.duckdb, parquet:<folder> or postgres://…; or a pipeline: its file or its name";

const HELP = `
Examples:
  runlet schema duckdb:gh.duckdb                        the tables, with their rows
  runlet schema export duckdb:gh.duckdb schema.yaml     as dlt writes it to export_schema_path
  runlet schema diff duckdb:gh.duckdb schema.yaml       what apply would change
  runlet schema apply duckdb:gh.duckdb schema.yaml
  runlet schema apply duckdb:gh.duckdb --rename users=people --drop people.age --yes
`;

const SHOW_HELP = `
The tree shows each table with its rows, and nested tables below their parent. json and yaml give dlt's schema
document: tables, columns, types and hints.

Examples:
  runlet schema show duckdb:gh.duckdb
  runlet schema show pipeline.ts                    of what this pipeline loaded to its default destination
  runlet schema show duckdb:gh.duckdb --format json
`;

const EXPORT_HELP = `
Into a folder it writes <schema>.schema.yaml, where dlt's import_schema_path looks for it.

Examples:
  runlet schema export duckdb:gh.duckdb > schema.yaml
  runlet schema export duckdb:gh.duckdb schemas/
`;

const DIFF_HELP = `
+ comes, - goes, ~ changes, from what the dataset has to what the file says. Renames are told by
x-runlet: {renamedFrom: <old name>} of a table or column in the file, or by --rename.
Exit code 0: the same; 3: they differ.

Examples:
  runlet schema diff duckdb:gh.duckdb schema.yaml
  runlet schema diff duckdb:gh.duckdb schema.yaml --rename users=people --rename users.name=full_name
`;

const APPLY_HELP = `
One transaction creates, drops and renames tables and columns, widens types where every value keeps its value, lets
columns be null, and stores the next version of the schema. What is not in the file is dropped. A load that is under
way keeps it from being done.

Examples:
  runlet schema apply duckdb:gh.duckdb schema.yaml --dry-run
  runlet schema apply duckdb:gh.duckdb schema.yaml --yes                 steps that take data away need --yes
  runlet schema apply duckdb:gh.duckdb --rename issues=tickets           takes issues__labels along
  runlet schema apply duckdb:gh.duckdb --drop issues.body,issues__labels --yes
`;

export const addSchema: AddCommand = (program, ended) => {
  const schema = program
    .command("schema")
    .description("show, export, compare or change the tables and columns of what was loaded")
    .addHelpText("after", HELP);
  const add = (name: string, about: string, isDefault = false) =>
    schema.command(name, { isDefault }).description(about).argument("<address|pipeline>", PLACE);
  const renames = new Option("--rename <old=new>", "users=people, users.name=full_name; may be repeated")
    .argParser(renaming)
    .default(undefined);

  add("show", "show the tables and columns", true)
    .option("--dataset <name>", "only this dataset (default: all)")
    .addOption(
      new Option("--format <format>", "how to show it").choices(["tree", "json", "yaml"]).default("tree"),
    )
    .addHelpText("after", SHOW_HELP)
    .action((of: string, options) =>
      carryOut(ended, {}, async () => (await import("./schema/show.ts")).showSchema(of, options)),
    );

  add("export", "write the schema document as dlt does, to a file, into a folder or to stdout")
    .argument("[file]", "default: stdout")
    .option("--dataset <name>", "default: the only one")
    .option("--schema <name>", "default: the only one of the dataset")
    .addOption(new Option("--format <format>").choices(["yaml", "json"]).default("yaml"))
    .addHelpText("after", EXPORT_HELP)
    .action((of: string, file: string | undefined, options) =>
      carryOut(ended, {}, async () => (await import("./schema/export.ts")).exportTo(of, file, options)),
    );

  add("diff", "compare the dataset with a file of its schema")
    .argument("<file>", "YAML or JSON")
    .option("--dataset <name>", "default: the only one")
    .addOption(renames)
    .option("--json", "the steps as JSON on stdout")
    .addHelpText("after", DIFF_HELP)
    .action((of: string, file: string, options) =>
      carryOut(ended, { json: options.json }, async () =>
        ended(await (await import("./schema/apply.ts")).diff(of, file, options)),
      ),
    );

  add("apply", "change the dataset to what a file or the options say")
    .argument("[file]", "YAML or JSON; default: the schema as it is, with --rename and --drop")
    .option("--dataset <name>", "default: the only one")
    .option("--schema <name>", "default: that of the file, or the only one of the dataset")
    .addOption(renames)
    .option(
      "--drop <names>",
      "tables, with those nested in them, and columns: orders,users.age; may be repeated",
      names,
    )
    .option("--yes", "also what takes data away")
    .option("--dry-run", "only print what would be done")
    .option("--json", "the result as JSON on stdout")
    .addHelpText("after", APPLY_HELP)
    .action((of: string, file: string | undefined, options) =>
      carryOut(ended, { json: options.json }, async () =>
        (await import("./schema/apply.ts")).apply(of, file, options),
      ),
    );
};

/** `old=new`, collected. */
function renaming(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [old, name, ...more] = text.split("=").map((part) => part.trim());
  if (!old || !name || more.length) throw new InvalidArgumentError("It is written old=new or table.old=new.");
  return { ...before, [old]: name };
}
