import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runProgram } from "../program.mjs";

export const title = "simdjson native, every value read, nothing stored";
export const formats = ["ndjson"];

const FOLDER = fileURLToPath(new URL("../../../build/bench/simdjson/", import.meta.url));
const PROGRAM = `${FOLDER}simdjson`;
const SOURCE = fileURLToPath(new URL("../programs/simdjson.cpp", import.meta.url));

/** Compiles it against the library that is installed, or against Debian's packages, unpacked below build. */
export function missing() {
  if (existsSync(PROGRAM)) return undefined;
  mkdirSync(FOLDER, { recursive: true });
  const run = (command, ...args) => execFileSync(command, args, { cwd: FOLDER, stdio: "pipe" });
  const compile = (...where) =>
    run("g++", "-O3", "-march=native", "-std=c++17", SOURCE, "-o", PROGRAM, ...where, "-lsimdjson");
  try {
    run("g++", "--version");
  } catch {
    return "no g++";
  }
  try {
    compile();
    return undefined;
  } catch {}
  try {
    run(
      "sh",
      "-c",
      "apt-get download libsimdjson-dev libsimdjson14 && for p in *.deb; do dpkg -x $p .; done",
    );
    const libraries = run("sh", "-c", "dirname $(find $PWD -name libsimdjson.so)").toString().trim();
    compile("-Iusr/include", `-L${libraries}`, `-Wl,-rpath,${libraries}`);
    return undefined;
  } catch (error) {
    return `no libsimdjson-dev: ${
      String(error.stderr || error)
        .trim()
        .split("\n")[0]
    }`;
  }
}

export const open = ({ path, repetitions }) => {
  return () => runProgram(PROGRAM, [path, String(repetitions)]);
};
