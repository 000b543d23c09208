import { closeSync, openSync } from "node:fs";
import { SOME_MACHINE, type Machine } from "../host-node/machine.ts";
import { deno, granted } from "./deno.ts";

/** The machine, asked only for what Deno gives leave for. */
export const denoMachine: Machine = {
  variable(name) {
    // runlet's own settings are looked for in every run: nobody is asked for them.
    if (name.startsWith("RUNLET_") && !granted({ name: "env", variable: name })) return undefined;
    try {
      // On a terminal Deno asks the person, naming the variable.
      return deno.env.get(name);
    } catch (error) {
      if (error instanceof deno.errors.NotCapable) return undefined;
      throw error;
    }
  },
  mayRead: (path) => granted({ name: "read", path }),
  canWrite(path) {
    if (!granted({ name: "write", path })) return false;
    try {
      closeSync(openSync(path, "r+"));
      return true;
    } catch (error) {
      // A folder cannot be opened for writing, and says so rather than that it may not be.
      return (error as NodeJS.ErrnoException).code === "EISDIR";
    }
  },
  hostName: () => (granted({ name: "sys", kind: "hostname" }) ? deno.hostname() : SOME_MACHINE),
  isRunning(pid) {
    if (!granted({ name: "run" })) return undefined;
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== "ESRCH";
    }
  },
  claim(path) {
    const file = deno.openSync(path, { read: true, write: true });
    if (file.tryLockSync(true)) return () => file.close();
    file.close();
    return undefined;
  },
};
