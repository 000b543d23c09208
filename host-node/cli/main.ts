#!/usr/bin/env node
import * as modules from "node:module";

// Code compiled in one run serves the next; Node has this since 22.8, and a folder of its own for it (NODE_COMPILE_CACHE).
(modules as { enableCompileCache?(): unknown }).enableCompileCache?.();
const { commandLine } = await import("./program.ts");

// A reader that has seen enough (`runlet query … | head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : 6);
});

const code = await commandLine(process.argv.slice(2));
// Connections that are kept alive, or a pipe nobody closes, must not hold the process.
process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
