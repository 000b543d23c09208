// Deno. The core itself needs no permission. A pipeline needs what it does:
//   --allow-net=<host of each API>   for http()
//   --allow-env=<names>              for secret() and setting() out of the environment; run({ env }) needs none
import { installHost } from "../core/index.ts";
import { deno } from "./deno.ts";
import { engineModule } from "./engine-module.ts";

let compiled: Promise<WebAssembly.Module> | undefined;

installHost({
  name: "deno",
  engineModule: () => (compiled ??= engineModule()),
  env(name) {
    try {
      // On a terminal Deno asks the person, naming the variable.
      return deno.env.get(name);
    } catch (error) {
      if (error instanceof deno.errors.NotCapable) return undefined;
      throw error;
    }
  },
  envPlaces: ["environment (--allow-env)"],
  now: () => performance.timeOrigin + performance.now(),
  random: (into) => crypto.getRandomValues(into as Uint8Array<ArrayBuffer>),
});

export * from "../core/index.ts";
