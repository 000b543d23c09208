import { spawn, type ChildProcess } from "node:child_process";

/** Starts a program; what it says on stderr becomes the error when it fails. */
export function start(
  file: string,
  args: string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv; control?: boolean },
) {
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
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

/** Runs a program to its end and reads the JSON it prints. */
export async function printed<T>(
  file: string,
  args: string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
) {
  const { said, ended } = start(file, args, options);
  const code = await ended;
  if (code !== 0) throw new Error(`${file} ended with ${code}\n${said.err}${said.out}`);
  return JSON.parse(said.out) as T;
}

/** Runs the app's command: which entry of runlet the runtime chose, and what the pipeline gave. */
export async function command(
  file: string,
  args: string[],
  cwd: string,
): Promise<{ entry: string; result: unknown }> {
  const { entry, ...result } = await printed<{ entry: string }>(file, args, { cwd });
  return { entry: entry.replace(/^.*\/dist\//, ""), result };
}

/** Ends a program that was started here, and waits for it. */
export async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill("SIGKILL");
  await ended;
}
