import { armFailpoints, type Failpoint, FAILPOINTS } from "../core/packages/failpoints.ts";
import { RunletError } from "../core/errors.ts";
import { machine } from "./machine.ts";

/** Kills this process, as a power cut would, when a run comes to the point that RUNLET_FAILPOINT names for the n-th
 *  time: `package.seal.after`, `extract.page:3`. For tests. @throws RunletError CONFIG_INVALID */
export function armCrashPoint(value = machine().variable("RUNLET_FAILPOINT")): void {
  if (!value) return;
  const [name, count = "1"] = value.split(":");
  if (!FAILPOINTS.includes(name as Failpoint)) {
    throw new RunletError("CONFIG_INVALID", `RUNLET_FAILPOINT: there is no failpoint ${name}`, {
      hint: FAILPOINTS.join(", "),
    });
  }
  let left = Number(count);
  armFailpoints((point) => {
    if (point === name && --left <= 0) process.kill(process.pid, "SIGKILL");
  });
}
