import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The version of PyPI's package, which carries the native Wasmtime. */
const VERSION = "50.0.1";
const HOMES = fileURLToPath(new URL("../../build/runtimes", import.meta.url));

/** Why there is no Wasmtime here; undefined where there is one, or one can be had. */
export function missingWasmtime(): string | undefined {
  if (existsSync(pythonIn(home()))) return undefined;
  try {
    execFileSync("python3", ["-c", "import venv, ensurepip"], { stdio: "ignore" });
    return undefined;
  } catch {
    return `no Wasmtime: PyPI's wasmtime ${VERSION} needs a python3 with venv (Debian: python3-venv)`;
  }
}

/** A Python that has Wasmtime: in a virtual environment below `build/runtimes`, made when it is not there. */
export function pythonOfWasmtime(): string {
  const python = pythonIn(home());
  if (existsSync(python)) return python;
  console.log(`installing PyPI's wasmtime ${VERSION} into build/runtimes (about 40 MB)`);
  mkdirSync(HOMES, { recursive: true });
  // Whole or absent: whoever comes second finds either nothing or a finished one. Only `bin/python` is run, which finds
  // its packages wherever the folder is moved.
  const made = mkdtempSync(join(HOMES, "installing-"));
  execFileSync("python3", ["-m", "venv", made], { stdio: "inherit" });
  execFileSync(
    pythonIn(made),
    ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", `wasmtime==${VERSION}`],
    { stdio: ["ignore", "inherit", "inherit"] },
  );
  try {
    renameSync(made, home());
  } catch {
    rmSync(made, { recursive: true, force: true });
  }
  return python;
}

const home = (): string => join(HOMES, `wasmtime-${VERSION}`);
const pythonIn = (folder: string): string =>
  process.platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
