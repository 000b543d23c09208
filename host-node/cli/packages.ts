import type { Manifest } from "../../core/packages/manifest.ts";
import type { PackageStore } from "../../core/packages/package-store.ts";
import { RunletError } from "../../core/errors.ts";
import { carryOut, type AddCommand } from "./command.ts";

interface Options {
  pipeline?: string;
  to?: string;
  json?: boolean;
}

const HELP = `
A load package is what a run reads, normalised, in .runlet/<pipeline> (or RUNLET_HOME). It is removed once it is loaded;
the next run finishes one that an interrupted run has left. RUNLET_PACKAGES=keep keeps them, none writes none.

Examples:
  runlet packages list
  runlet packages show 1732273200.123456
  runlet packages load 1732273200.123456        what is there already is left alone
  runlet packages drop 1732273200.123456
`;

export const addPackages: AddCommand = (program, ended) => {
  const packages = program
    .command("packages")
    .description("list, inspect, load or drop load packages")
    .addHelpText("after", HELP);
  const add = (name: string, about: string) =>
    packages
      .command(name)
      .description(about)
      .option("--pipeline <name>", "only packages of this pipeline")
      .option("--json", "the result as JSON on stdout");
  add("list", "the packages there are, oldest first").action((options: Options) =>
    carryOut(ended, { json: options.json }, () => list(options)),
  );
  add("show", "a package's manifest")
    .argument("<load-id>")
    .action((id: string, options: Options) =>
      carryOut(ended, { json: options.json }, () => show(id, options)),
    );
  add("load", "load a sealed package, unless it is there already")
    .argument("<load-id>")
    .option("--to <address>", "where it was to go, with its password (default: as in the manifest)")
    .action((id: string, options: Options) =>
      carryOut(ended, { json: options.json, loads: true }, () => load(id, options)),
    );
  add("drop", "remove packages for good")
    .argument("<load-id...>")
    .action((ids: string[], options: Options) =>
      carryOut(ended, { json: options.json }, () => drop(ids, options)),
    );
};

interface Found {
  store: PackageStore;
  manifest: Manifest;
}

/** All packages of all pipelines under the storage's home. */
export async function allPackages(pipeline?: string): Promise<Found[]> {
  const [{ storageAt, storageNames }, { PackageStore }] = await Promise.all([
    import("../storage.ts"),
    import("../../core/packages/package-store.ts"),
  ]);
  const found: Found[] = [];
  for (const name of await storageNames()) {
    const store = new PackageStore(storageAt(name));
    for (const manifest of await store.list()) {
      if (pipeline === undefined || manifest.pipeline === pipeline) found.push({ store, manifest });
    }
  }
  return found;
}

async function one(id: string, { pipeline }: Options): Promise<Found> {
  const found = (await allPackages(pipeline)).filter(({ manifest }) => manifest.loadId === id);
  if (found.length === 1) return found[0]!;
  throw new RunletError("USAGE", `there ${found.length ? "are several packages" : "is no package"} ${id}`, {
    hint: found.length ? "say which with --pipeline" : "see: runlet packages list",
  });
}

const rowsOf = ({ tables = {} }: Manifest) => Object.values(tables).reduce((sum, { rows }) => sum + rows, 0);
const bytesOf = ({ tables = {} }: Manifest) =>
  Object.values(tables).reduce((sum, { bytes }) => sum + bytes, 0);

async function list(options: Options): Promise<void> {
  const found = (await allPackages(options.pipeline)).map(({ manifest }) => manifest);
  if (options.json) {
    (await import("./printed-json.ts")).printJson(found);
    return;
  }
  if (found.length === 0) {
    process.stdout.write("no packages\n");
    return;
  }
  const [{ printedRows }, { bytes }] = await Promise.all([
    import("./printed-rows.ts"),
    import("./quantities.ts"),
  ]);
  const rows = found.map((manifest) => ({
    load_id: manifest.loadId,
    status: manifest.status,
    pipeline: manifest.pipeline,
    destination: manifest.destination,
    dataset: manifest.dataset,
    rows: rowsOf(manifest),
    size: bytes(bytesOf(manifest)),
    created: manifest.created,
  }));
  process.stdout.write(`${printedRows(rows, process.stdout.columns ?? 160)}\n`);
}

async function show(id: string, options: Options): Promise<void> {
  const { manifest } = await one(id, options);
  const { printJson } = await import("./printed-json.ts");
  printJson(manifest, options.json ? 0 : 2);
}

async function load(id: string, options: Options): Promise<void> {
  const { store, manifest } = await one(id, options);
  const [, { destinationAt }, { loadPackage }, { lockTarget }] = await Promise.all([
    import("../index.ts"),
    import("../address.ts"),
    import("../../core/packages/load-package.ts"),
    import("../../core/packages/run-packages.ts"),
  ]);
  const lock = await lockTarget(store.storage, manifest.pipeline, manifest);
  try {
    const destination = destinationAt(options.to ?? manifest.destination);
    const session = await destination.open({ dataset: manifest.dataset });
    const outcome = await loadPackage(store, manifest, session).finally(() => session.close());
    if (outcome === "superseded") {
      throw new RunletError("CONCURRENT_RUN", `other runs have loaded since package ${id} was written`, {
        hint: `nothing loaded: they have read on from where it began · runlet packages drop ${id}`,
      });
    }
    await store.mark(manifest, "loaded", { loaded: new Date().toISOString() });
    const result = { load_id: id, outcome, rows: outcome === "loaded" ? rowsOf(manifest) : 0 };
    if (options.json) (await import("./printed-json.ts")).printJson(result);
    else if (outcome === "present") process.stdout.write(`load ${id} is in ${destination.address} already\n`);
    else
      process.stdout.write(
        `✔ load ${id}: ${result.rows} rows → ${destination.address}, ${manifest.dataset}\n`,
      );
  } finally {
    await lock.release();
  }
}

async function drop(ids: string[], options: Options): Promise<void> {
  const { lockTarget } = await import("../../core/packages/run-packages.ts");
  for (const id of ids) {
    const { store, manifest } = await one(id, options);
    // Not under the hands of a run that is writing or loading it.
    const lock = await lockTarget(store.storage, manifest.pipeline, manifest);
    try {
      await store.remove(id);
    } finally {
      await lock.release();
    }
  }
  if (options.json) (await import("./printed-json.ts")).printJson({ dropped: ids });
  else process.stdout.write(`dropped ${ids.join(", ")}\n`);
}
