import { join } from "node:path";
import { printed, start } from "../../runtimes/child.ts";
import { STORES } from "../case.ts";
import type { SuiteOutcome } from "../suite.ts";
import type { Ran, Surroundings, Times } from "./runtime.ts";

/** How a runtime with a command line runs a module: the arguments before it, per purpose. */
export interface Command {
  program: string;
  /** For the engine alone. */
  vectors: readonly string[];
  /** For the cases, which ask the suite's server. */
  cases: readonly string[];
  /** For a destination at an address; default: as for the cases. */
  stores?(store: (typeof STORES)[number], where: string): readonly string[];
  env?: NodeJS.ProcessEnv;
}

/** The suite under a program that takes a module and arguments. */
export async function underCommand(
  command: Command,
  { app, origin, offers, database }: Surroundings,
): Promise<Ran> {
  const options = { cwd: app.folder, env: { CONFORMANCE_TOKEN: "from-outside", ...command.env } };
  const run = <T>(before: readonly string[], ...words: string[]) =>
    printed<T>(command.program, [...before, ...words], options);
  const startToBatch = await timeToBatch(command, app.folder);
  const { engine, vectors } = await run<Pick<SuiteOutcome, "vectors"> & Pick<Times, "engine">>(
    command.vectors,
    "vectors-command.js",
  );
  const api = `${origin}/api`;
  const { entry, cases } = await run<Pick<Ran, "entry" | "cases">>(
    command.cases,
    "cases-command.js",
    api,
    join(app.folder, "data"),
    offers.join(),
  );
  const datasets: SuiteOutcome["datasets"] = {};
  for (const store of STORES.filter((each) => offers.includes(each))) {
    const where = store === "postgres" ? await database() : join(app.folder, `${crypto.randomUUID()}.duckdb`);
    datasets[store] = await run(
      command.stores?.(store, where) ?? command.cases,
      "destination-command.js",
      store,
      api,
      where,
    );
  }
  return { entry, vectors, cases, datasets, times: { startToBatch, ...(engine ? { engine } : {}) } };
}

/** The best of three. */
async function timeToBatch({ program, vectors }: Command, cwd: string): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < 3; round++) {
    const started = Date.now();
    const { said, ended } = start(program, [...vectors, "first-batch.js"], { cwd });
    if ((await ended) !== 0) throw new Error(`${program} first-batch.js\n${said.err}`);
    best = Math.min(best, Number(said.out) - started);
  }
  return best;
}
