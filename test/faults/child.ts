import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import "../../host-node/index.ts";
import { destinationOf, look, merging, shop, DATASET, type StoreChoice } from "./shop.ts";

/** One run of the shop in a process of its own, killed by RUNLET_FAILPOINT; a reader beside it notes all it sees. */
const { store, run, engine, sights } = JSON.parse(process.argv[2]!) as {
  store: StoreChoice;
  run: number;
  engine: string;
  sights: string;
};
const destination = await destinationOf(store);
const reader = await destination.open({ dataset: DATASET, existing: true });
const notes = openSync(sights, "a");
let over = false;
const watching = (async () => {
  while (!over) {
    const sight = await look((sql) => reader.query(sql), merging(store));
    writeSync(notes, `${JSON.stringify(sight)}\n`);
    await new Promise((resolve) => setTimeout(resolve, store.kind === "wasm" ? 50 : 5));
  }
})();
const engineModule = new WebAssembly.Module(readFileSync(engine));
await shop(run, { merges: merging(store) }).run({ to: destination, engineModule });
over = true;
await watching;
await reader.close();
closeSync(notes);
process.stdout.write("ended\n");
