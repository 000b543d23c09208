import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installHost } from "../../core/index.ts";
import { nodeHost } from "../../host-node/host.ts";
import { storageAt } from "../../host-node/storage.ts";
import { buildChild, runKilled } from "./kill.ts";
import { BATCH, DATASET, destinationOf, look, merging, shop, type StoreChoice, whole } from "./shop.ts";
import { type Stores, storesOf } from "./stores.ts";

beforeAll(buildChild);

describe.each(["native", "postgres", "parquet"] as const)(
  "three processes that load the same to %s at once",
  (kind) => {
    let stores: Stores;
    beforeAll(async () => {
      stores = await storesOf(kind);
      installHost({ ...nodeHost, storage: (name) => storageAt(name, join(stores.folder, "base-home")) });
      await shop(1, { merges: merging({ kind }) }).run({ to: await destinationOf(stores.base) });
    }, 120_000);
    afterAll(() => stores.stop(), 60_000);

    async function loads(store: StoreChoice) {
      const session = await (await destinationOf(store)).open({ dataset: DATASET, existing: true });
      return look((sql) => session.query(sql), merging(store)).finally(() => session.close());
    }

    test.each([
      ["on one machine", (_: number) => "one"],
      ["on three machines", (n: number) => `machine-${n}`],
    ])(
      "%s: each loads what is right, or is refused and changes nothing",
      { timeout: 60_000 },
      async (at, home) => {
        const store = await stores.copy(at);
        const folder = (n: number) => join(stores.folder, `${at.replaceAll(" ", "-")}-${home(n)}`);
        const ended = await Promise.all([1, 2, 3].map((n) => runKilled(store, 2, folder(n), "")));
        const refused = ended.filter(({ errors }) => errors !== "");
        for (const { errors } of refused) {
          expect(errors).toMatch(/code: '(CONCURRENT_RUN|DESTINATION_LOCKED)'/);
          // What holds it is named, where that can be known.
          if (kind === "native" || at === "on one machine") expect(errors).toMatch(/process \d+ \(/);
        }
        expect(refused.length).toBeLessThan(3);
        // One brought the news; those after it found nothing more.
        expect(await loads(store)).toMatchObject({
          ...whole(2, merging({ kind })),
          loads: 1 + ended.length - refused.length,
        });
        expect(await loads(store)).toMatchObject({ events: 2 * BATCH, distinct: 2 * BATCH });
      },
    );
  },
);
