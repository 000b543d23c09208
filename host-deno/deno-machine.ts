import { closeSync, openSync } from "node:fs";
import { SOME_MACHINE, type Machine } from "../host-node/machine.ts";
import { deno, granted } from "./deno.ts";

/** The machine, asked only for what Deno gives leave for. */
export const denoMachine: Machine = {
  variable(name) {
    return granted({ name: "env", variable: name }) ? deno.env.get(name) : undefined;
  },
  mustLoad(addon) {
    if (granted({ name: "ffi", path: addon })) return;
    // As Deno words it, so that the flag is found in it.
    throw new deno.errors.NotCapable(
      `Requires ffi access to "${addon}", run again with the --allow-ffi flag`,
    );
  },
  hasGlibc: deno.build.target.endsWith("-linux-gnu"),
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
