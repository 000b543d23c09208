import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const REQUIREMENTS = fileURLToPath(new URL("requirements.txt", import.meta.url));
const HOMES = fileURLToPath(new URL("../../build/runtimes", import.meta.url));

/** Why there is no dlt here; undefined where there is one: in a virtual environment below `build/runtimes`, made from
 *  `requirements.txt` when it is not there. */
export function missingDlt(): string | undefined {
  if (existsSync(pythonIn(home()))) return undefined;
  try {
    execFileSync("python3", ["-c", "import venv, ensurepip"], { stdio: "ignore" });
  } catch {
    return "no dlt: it needs a python3 with venv (Debian: python3-venv)";
  }
  console.log("installing PyPI's dlt into build/runtimes (about 340 MB)");
  mkdirSync(HOMES, { recursive: true });
  // Whole or absent, and whoever comes second finds a finished one. Only `bin/python` is run, which finds its packages
  // wherever the folder is moved.
  const made = mkdtempSync(join(HOMES, "installing-"));
  try {
    execFileSync("python3", ["-m", "venv", made], { stdio: "pipe" });
    const quietly = ["--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout", "15"];
    execFileSync(pythonIn(made), ["-m", "pip", "install", ...quietly, "-r", REQUIREMENTS], { stdio: "pipe" });
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    const said = String((error as { stderr?: Buffer }).stderr ?? error).trim();
    return `no dlt: it cannot be installed: ${said.split("\n").at(-1)}`;
  }
  try {
    renameSync(made, home());
  } catch {
    rmSync(made, { recursive: true, force: true });
  }
  return undefined;
}

/** The Python that has dlt, once it is not missing. */
export const pythonOfDlt = (): string => pythonIn(home());

const home = (): string => {
  const pinned = createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex").slice(0, 12);
  return join(HOMES, `dlt-${pinned}`);
};

const pythonIn = (folder: string): string =>
  process.platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
