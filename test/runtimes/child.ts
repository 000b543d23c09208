import { spawn, type ChildProcess } from "node:child_process";

export interface ChildOptions {
  cwd: string;
  /** Added to the environment of the tests. */
  env?: NodeJS.ProcessEnv;
  /** Opens file descriptor 3 for what the program reports. */
  control?: boolean;
}

/** Starts a program and collects what it says. */
export function start(file: string, args: readonly string[], options: ChildOptions) {
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe", options.control ? "pipe" : "ignore"],
  });
  const said = { out: "", err: "" };
  child.stdout!.setEncoding("utf8").on("data", (chunk) => (said.out += chunk));
  child.stderr!.setEncoding("utf8").on("data", (chunk) => (said.err += chunk));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { child, said, ended };
}

/** Runs a program to its end and reads the JSON it prints. What it says on stderr becomes the error when it fails. */
export async function printed<T>(file: string, args: readonly string[], options: ChildOptions): Promise<T> {
  const { said, ended } = start(file, args, options);
  const code = await ended;
  if (code !== 0) throw new Error(`${file} ended with ${code}\n${said.err}${said.out}`);
  return JSON.parse(said.out) as T;
}

/** Ends a program that was started here, and waits for it. */
export async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill("SIGKILL");
  await ended;
}
