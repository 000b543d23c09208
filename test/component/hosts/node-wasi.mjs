// Runs jobs of the WASI command with Node's own `node:wasi`: <command> <jobs> <results> <scratch folder>.
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { WASI } from "node:wasi";

const [command, jobs, results, scratch] = process.argv.slice(2);
const module = await WebAssembly.compile(readFileSync(command));
const done = [];
for (const { args, stdin } of JSON.parse(readFileSync(jobs, "utf8"))) {
  const [input, output, errors] = ["in", "out", "err"].map((name) => `${scratch}/${name}`);
  writeFileSync(input, Buffer.from(stdin, "base64"));
  const files = [openSync(input, "r"), openSync(output, "w"), openSync(errors, "w")];
  const wasi = new WASI({
    version: "preview1",
    args: ["runlet-engine", ...args],
    stdin: files[0],
    stdout: files[1],
    stderr: files[2],
    returnOnExit: true,
  });
  const code = wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()));
  files.forEach((file) => closeSync(file));
  done.push({
    code,
    stdout: readFileSync(output).toString("base64"),
    stderr: readFileSync(errors, "utf8"),
  });
}
writeFileSync(results, JSON.stringify(done));
