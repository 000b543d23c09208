import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ERROR_CODES } from "../../core/errors.ts";
import { runlet } from "./spawned.ts";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

test("--version prints the version", async () => {
  expect(await runlet(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
});

test("without parameters, and with --help, the commands are listed with examples and exit codes", async () => {
  const { code, stdout } = await runlet(["--help"]);
  expect(code).toBe(0);
  for (const command of ["load", "run", "query", "schema"])
    expect(stdout).toMatch(new RegExp(`^ {2}${command} `, "m"));
  const exits = new Set(Object.values(ERROR_CODES).map((each) => each.exit));
  for (const exit of exits) expect(stdout).toMatch(new RegExp(`\\b${exit} [a-z]`));
  expect((await runlet([])).stdout).toBe(stdout);
});

test.each([
  [
    "load",
    "to table dataset records format delimiter no-header write schema-hints max-nesting header pages on-bad-record contract max-duration max-bytes verbose log json",
  ],
  [
    "run",
    "to only limit dry-run contract max-duration max-bytes checkpoint refresh refresh-mode schema env-file verbose log json",
  ],
  ["query", "dataset json"],
  ["schema", ""],
  ["schema show", "dataset format"],
  ["schema export", "dataset schema format"],
  ["schema diff", "dataset rename json"],
  ["schema apply", "dataset schema rename drop yes dry-run json"],
])("%s --help lists its options and shows examples", async (command, options) => {
  const { code, stdout } = await runlet([...command.split(" "), "--help"]);
  expect(code).toBe(0);
  const listed = [...stdout.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)/gm)].map((match) => match[1]);
  expect(listed).toEqual([...options.split(" ").filter(Boolean), "help"]);
  expect(stdout).toMatch(new RegExp(`Examples:\\n {2}runlet ${command} `));
});
