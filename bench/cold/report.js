import process from "node:process";

/** Prints when it was, and the processor time, in milliseconds, that the process has used by now. */
export function report(at) {
  const { user, system } = process.cpuUsage();
  process.stdout.write(JSON.stringify({ at, cpu: (user + system) / 1000 }));
}
