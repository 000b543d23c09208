import { spawn, type ChildProcess } from "node:child_process";

/** Starts a program; what it says on stderr becomes the error when it fails. */
export function start(file: string, args: string[], options: { cwd: string; control?: boolean }) {
  const child = spawn(file, args, {
    cwd: options.cwd,
    stdio: ["ignore", "pipe", "pipe", options.control ? "pipe" : "ignore"],
  });
  const said = { out: "", err: "" };
  child.stdout!.on("data", (chunk) => (said.out += chunk));
  child.stderr!.on("data", (chunk) => (said.err += chunk));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { child, said, ended };
}

/** Runs the app's command to its end: which entry of runlet the runtime chose, and what the pipeline gave. */
export async function output(
  file: string,
  args: string[],
  cwd: string,
): Promise<{ entry: string; result: unknown }> {
  const { said, ended } = start(file, args, { cwd });
  const code = await ended;
  if (code !== 0) throw new Error(`${file} ended with ${code}\n${said.err}${said.out}`);
  const { entry, ...result } = JSON.parse(said.out) as { entry: string };
  return { entry: entry.replace(/^.*\/dist\//, ""), result };
}

/** Ends a program that was started here, and waits for it. */
export async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill("SIGKILL");
  await ended;
}
