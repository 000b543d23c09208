import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll } from "vitest";

/** The built command line, as `npx runlet` runs it. */
export const MAIN = resolve("dist/node/cli.js");

export interface Outcome {
  /** Exit code; the signal's name when one ended the process. */
  code: number | string;
  stdout: string;
  stderr: string;
}

export interface SpawnOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** Given to stdin, which is then closed; `open`: stays open. */
  input?: string | "open";
  /** Called with everything on stderr so far, whenever there is more. */
  onStderr?(text: string, kill: (signal: NodeJS.Signals) => void): void;
}

/** Runs `node <file> <parameters>` as a process of its own. */
export function node(file: string, parameters: string[], options?: SpawnOptions): Promise<Outcome> {
  return program(process.execPath, [file, ...parameters], options);
}

/** Runs a program as a process of its own. */
export function program(binary: string, parameters: string[], options: SpawnOptions = {}): Promise<Outcome> {
  const { NODE_OPTIONS: _, NO_COLOR: __, FORCE_COLOR: ___, npm_command: ____, ...inherited } = process.env;
  const child = spawn(binary, parameters, {
    cwd: options.cwd,
    env: { ...inherited, ...options.env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    options.onStderr?.(stderr, (signal) => child.kill(signal));
  });
  if (options.input !== "open") child.stdin.end(options.input ?? "");
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (code, signal) => done({ code: code ?? signal ?? "?", stdout, stderr }));
  });
}

export function runlet(parameters: string[], options?: SpawnOptions): Promise<Outcome> {
  return node(MAIN, parameters, options);
}

/** A folder that is gone after the tests of the file, with these files in it. */
export function folderWith(files: Record<string, string | Uint8Array> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "runlet-cli-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
