// Runs a program that is not JavaScript and watches its memory.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename } from "node:path";

/** Runs a program whose last line is JSON; resolves to it, with `peak`: the most that the program and those it started
 *  held at one time (sum of the resident sets, looked at 20 times a second), in MB. */
export async function runProgram(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  let out = "";
  let err = "";
  child.stdout.on("data", (text) => (out += text));
  child.stderr.on("data", (text) => (err += text));
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, residentMb(child.pid))), 50);
  const limit = setTimeout(() => child.kill("SIGKILL"), options.timeout ?? 600_000);
  const code = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? signal));
  }).finally(() => {
    clearInterval(watch);
    clearTimeout(limit);
  });
  if (code !== 0) {
    const said = (err || out).trim();
    const reason = /^.*(Error|Exception).*$/m.exec(said)?.[0] ?? said.split("\n").at(-1);
    throw new Error(`${basename(command)} ended with ${code}: ${reason.slice(0, 300)}`);
  }
  const last = out.trim().split("\n").at(-1);
  return { peak, ...(options.plain ? { text: out } : JSON.parse(last)) };
}

/** Resident megabytes of a process and its descendants; 0 where there is no /proc. */
function residentMb(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
    const own = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1000;
    return children.split(" ").reduce((sum, child) => sum + (child ? residentMb(child) : 0), own);
  } catch {
    return 0;
  }
}

/** CPU time of all ended children of this process and of theirs, in milliseconds (in steps of 10). */
export function childrenMs() {
  try {
    const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1].split(" ");
    return 10 * (Number(fields[13]) + Number(fields[14]));
  } catch {
    return NaN;
  }
}

/** Runs a program to its end; its times from start to exit, of a new process in a folder. */
export async function processTimes(command, args, cwd) {
  const before = childrenMs();
  const begin = performance.now();
  const { peak } = await runProgram(command, args, { cwd, plain: true });
  return { wall: [performance.now() - begin], cpu: [childrenMs() - before], peak };
}
