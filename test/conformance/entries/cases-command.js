import process from "node:process";
import cases from "./all-cases.js";
import { runCases } from "./suite.js";
const [api, folder, offers] = process.argv.slice(2);
const entry = import.meta.resolve("runlet").replace(/^.*\/dist\//, "");
process.stdout.write(
  JSON.stringify({ entry, cases: await runCases(cases, offers.split(","), { api, folder }) }),
);
