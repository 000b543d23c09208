import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { command } from "../child.ts";
import { repository } from "../app.ts";

/** Under the Node that runs the tests, or another program. */
export function underNode(
  app: string,
  origin: string,
  program = process.execPath,
): ReturnType<typeof command> {
  return command(program, ["command.js", `${origin}/api`], app);
}

/** The program of another major version, from npm's packages of Node; kept in `build/`. */
export function nodeProgram(major: number): string {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(repository, `build/runtimes/node-${major}`);
  const program = join(folder, "node_modules", name, "bin/node");
  if (!existsSync(program)) {
    console.log(`installing ${name}@${major} into build/runtimes (about 50 MB)`);
    execFileSync("npm", ["install", "--no-save", "--prefix", folder, `${name}@${major}`], {
      stdio: "ignore",
    });
  }
  return program;
}
