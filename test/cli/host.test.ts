import { expect, test } from "vitest";
import { engineModule } from "../../host-node/engine-module.ts";
test("x", async () => { expect(await engineModule()).toBeInstanceOf(WebAssembly.Module); });
