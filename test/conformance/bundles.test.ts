import { expect, test } from "vitest";
import { chromiumImportMap, chromiumPage, chromiumWorker } from "./runtimes/chromium.ts";
import { workerd } from "./runtimes/workerd.ts";
import { testRuntimes } from "./test-runtimes.ts";

const PACKAGE = "/node_modules/runlet/dist";

testRuntimes(
  {
    "chromium-page": chromiumPage,
    "chromium-import-map": chromiumImportMap,
    "chromium-worker": chromiumWorker,
    workerd,
  },
  {
    "chromium-page": (ran) =>
      test("core.wasm left behind by the bundler: the engine comes from the JavaScript", () => {
        expect(ran().asked).toContain("/core.wasm");
        expect(ran().asked?.filter((path) => path.startsWith("/node_modules/"))).toEqual([]);
      }),
    "chromium-import-map": (ran) =>
      test("the engine is compiled while it is downloaded", () => {
        expect(ran().asked).toContain(`${PACKAGE}/core.wasm`);
        expect(ran().asked).not.toContain(`${PACKAGE}/core/binding/core-bytes.js`);
      }),
  },
);
