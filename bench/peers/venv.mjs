// Python programs from PyPI, each in an environment of its own below build/bench.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const HOME = fileURLToPath(new URL("../../build/bench/", import.meta.url));

export const inVenv = (name, program) => join(HOME, name, "bin", program);

/** Makes the environment when it is not there; returns why there is none, undefined when there is. */
export function missingVenv(name, ...packages) {
  // Programs in it know its place, so that it is made where it stays; the mark says that it is whole.
  const made = join(HOME, name);
  const mark = join(made, "whole");
  if (existsSync(mark)) return undefined;
  mkdirSync(made, { recursive: true });
  const run = (program, ...args) => execFileSync(program, args, { stdio: "pipe", timeout: 600_000 });
  try {
    run("python3", "-m", "venv", made);
    run(
      join(made, "bin/python"),
      "-m",
      "pip",
      "install",
      "--quiet",
      "--disable-pip-version-check",
      ...packages,
    );
    writeFileSync(mark, packages.join("\n"));
    return undefined;
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    const said = String(error.stderr || error.message).trim();
    return `PyPI's ${packages.join(", ")} cannot be installed: ${said.split("\n").at(-1)}`;
  }
}
