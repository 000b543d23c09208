import { readFileSync } from "node:fs";
import "../../host-node/index.ts";
import { type Change, evolve } from "./evolving.ts";
import { destinationOf, type StoreChoice } from "./shop.ts";

/** One run that changes tables, in a process of its own, killed by RUNLET_FAILPOINT. */
const { store, change, engine } = JSON.parse(process.argv[2]!) as {
  store: StoreChoice;
  change: Change;
  engine: string;
};
const engineModule = new WebAssembly.Module(readFileSync(engine));
await evolve(change, await destinationOf(store), { engineModule });
