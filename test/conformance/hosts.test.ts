import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installHost, nullDestination, pipeline, resource } from "../../core/index.ts";
import { denoBinary } from "../runtimes/binaries.ts";
import { printed } from "../runtimes/child.ts";
import { makeApp, type App } from "./app.ts";

/** Reports the files that Deno was asked for, and how a pipeline with a secret ended. */
const ASK = `const read = [];
const { readFile } = Deno;
Deno.readFile = (path) => (read.push(String(path)), readFile(path));
const { nullDestination, pipeline, resource, secret } = await import("runlet");
const asks = resource("asks", { config: { key: secret("ASKED_SECRET") } }, ({ config }) => [{ length: config.key.length }]);
const error = await pipeline("asks", asks).run({ to: nullDestination() }).then(() => null, String);
console.log(JSON.stringify({ read, error }));`;

describe("Deno's host asks for no permission, and takes those it has", () => {
  interface Asked {
    read: string[];
    error: string | null;
  }
  let app: App;
  beforeAll(() => {
    app = makeApp();
    writeFileSync(join(app.folder, "ask.js"), ASK);
  }, 120_000);
  afterAll(() => app?.remove());
  const ask = (...permissions: string[]) =>
    printed<Asked>(
      denoBinary(),
      ["run", "--no-prompt", "--node-modules-dir=manual", ...permissions, "ask.js"],
      {
        cwd: app.folder,
        env: { ASKED_SECRET: "deno-4711" },
      },
    );

  test("none: a secret of the environment is missing, and the message names the permission", async () => {
    const { error, read } = await ask();
    expect(error).toContain("CONFIG_MISSING  secret ASKED_SECRET is not set");
    expect(error).toContain("looked in: run({env}), environment (--allow-env)");
    expect(read).toEqual([]);
  });

  test("one variable: the secret is found, nothing else is needed", async () => {
    expect(await ask("--allow-env=ASKED_SECRET")).toEqual({ read: [], error: null });
  });

  test("reading core.wasm: the file is taken, not the bytes in the JavaScript", async () => {
    const file = join(app.folder, "node_modules/runlet/dist/core.wasm");
    const { read, error } = await ask("--allow-env=ASKED_SECRET", `--allow-read=${file}`);
    expect({ read, error }).toEqual({ read: [`file://${file}`], error: null });
  });
});

test("a run takes the engine it is given, and does not ask the host for one", async () => {
  installHost({
    name: "bare",
    engineModule: () => Promise.reject(new Error("asked for the engine")),
    env: () => undefined,
    envPlaces: [],
    now: () => Date.now(),
    random: (into) => crypto.getRandomValues(into as Uint8Array<ArrayBuffer>),
  });
  const engineModule = await WebAssembly.compile(readFileSync("dist/core.wasm"));
  const one = pipeline("one", resource("things", {}, [{ id: 1 }]));
  const to = nullDestination();
  await expect(one.run({ to })).rejects.toThrow("asked for the engine");
  expect((await one.run({ to, engineModule })).tables["things"]!.rows).toBe(1);
  expect((await one.preview({ engineModule })).tables["things"]).toBeDefined();
});
