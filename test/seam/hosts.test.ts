import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { installHost, nullDestination, pipeline, resource } from "../../core/index.ts";
import { makeApp, repository } from "./app.ts";
import { printed } from "./child.ts";
import { denoProgram } from "./runtimes/deno.ts";

const app = makeApp();
afterAll(() => app.remove());

describe("Deno's host", () => {
  interface Asked {
    /** Files that were read through Deno. */
    read: string[];
    error: string | null;
  }
  const ask = (...leave: string[]) =>
    printed<Asked>(denoProgram(), ["run", "--no-prompt", ...leave, "ask-deno.js"], {
      cwd: app.folder,
      env: { SEAM_SECRET: "deno-4711" },
    });

  test("without leave to read the environment, a secret is missing, and the message names the permission", async () => {
    const { error, read } = await ask();
    expect(error).toContain("CONFIG_MISSING  secret SEAM_SECRET is not set");
    expect(error).toContain("looked in: run({env}), environment (--allow-env)");
    expect(read).toEqual([]);
  });

  test("with leave for one variable, it is found; no other permission is needed", async () => {
    expect(await ask("--allow-env=SEAM_SECRET")).toEqual({ read: [], error: null });
  });

  test("with leave to read core.wasm, the file is taken", async () => {
    const file = join(repository, "dist/core.wasm");
    const { read, error } = await ask("--allow-env=SEAM_SECRET", `--allow-read=${file}`);
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
  const engineModule = await WebAssembly.compile(readFileSync(join(repository, "dist/core.wasm")));
  const one = pipeline("one", resource("things", {}, [{ id: 1 }]));
  const to = nullDestination();
  await expect(one.run({ to })).rejects.toThrow("asked for the engine");
  expect((await one.run({ to, engineModule })).tables["things"]!.rows).toBe(1);
  expect((await one.preview({ engineModule })).tables["things"]).toBeDefined();
});
