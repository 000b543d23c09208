// The instructions that the engine may take, by case: bench/instructions-budget.json.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { format } from "prettier";
import { CASES } from "./cases.mjs";

const FILE = new URL("../instructions-budget.json", import.meta.url);
/** What a change may cost, or gain, without a word. */
const TOLERANCE = 0.02;
export const ACCEPT = "npm run instructions -- --write";

export const readBudget = () => (existsSync(FILE) ? JSON.parse(readFileSync(FILE, "utf8")) : {});

/** Instructions per byte of input, and bytes that memory.copy and memory.fill moved per byte of input; the beginning of
 *  the input's SHA-256. */
export const summary = (name, { instructions, moved, inputBytes }) => ({
  instructions: round(instructions / inputBytes),
  moved: round(moved / inputBytes),
  input: createHash("sha256").update(CASES[name].bytes()).digest("hex").slice(0, 16),
});

const round = (value) => Number(value.toFixed(4));

/** What is out of budget, a line for each: nothing when all is well. */
export function outOfBudget(budget, summaries) {
  const faults = [];
  for (const [name, now] of Object.entries(summaries)) {
    const then = budget[name];
    if (!then) faults.push(`${name}: not in the budget yet`);
    else if (then.input !== now.input)
      faults.push(`${name}: the input is another one; delete bench/data, or accept the new one`);
    else
      for (const what of ["instructions", "moved"]) {
        const change = now[what] / then[what] - 1;
        if (Math.abs(change) <= TOLERANCE) continue;
        const by = `${change > 0 ? "+" : "−"}${Math.abs(change * 100).toFixed(1)} %`;
        faults.push(`${name}: ${what} per byte ${then[what]} → ${now[what]} (${by})`);
      }
  }
  for (const name of Object.keys(budget)) if (!summaries[name]) faults.push(`${name}: no longer measured`);
  return faults;
}

export async function writeBudget(summaries) {
  writeFileSync(FILE, await format(JSON.stringify(summaries), { parser: "json", printWidth: 110 }));
}
