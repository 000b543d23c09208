// The profile of the engine's instructions as tables.
import { readFileSync } from "node:fs";
import { markdownTable } from "../tables.mjs";
import { casesOf } from "./cases.mjs";
import { instructionCounter } from "./measure.mjs";
import { PHASE_NAMES } from "./phases.mjs";
import { engineWithSourceMap, profiler } from "./profile.mjs";

/** Instructions per byte by phase, as a table in Markdown; and by line, `Map`s by case. */
export async function instructionTables({ mb = 2 } = {}) {
  const cases = casesOf(mb);
  const names = Object.keys(cases);
  const { wasm, map } = await engineWithSourceMap();
  const count = await instructionCounter(wasm);
  const profileOf = profiler(map);
  const profiles = names.map((name) => {
    const measured = count(cases[name]);
    const { phases, lines } = profileOf(measured);
    const perByte = (n) => n / measured.inputBytes;
    return {
      phases: Object.fromEntries(Object.entries(phases).map(([phase, n]) => [phase, perByte(n)])),
      lines: new Map([...lines].map(([line, n]) => [line, perByte(n)])),
      all: perByte(measured.instructions),
    };
  });
  const cell = (n) => (n < 0.005 ? "–" : n.toFixed(2));
  const rows = PHASE_NAMES.map((phase) => [
    phase,
    ...profiles.map(({ phases }) => cell(phases[phase])),
  ]).filter(([, ...cells]) => cells.some((text) => text !== "–"));
  rows.push(["all", ...profiles.map(({ all }) => cell(all))]);
  return {
    tables: markdownTable(["instructions per byte", ...names], rows),
    lines: new Map(names.map((name, i) => [name, profiles[i].lines])),
  };
}

/** The lines of the sources with most instructions, by case. */
export function hotLines(lines, shown) {
  const sources = new Map();
  const textOf = (place) => {
    const [file, line] = place.split(":");
    if (!file.endsWith(".ts") || file.startsWith("lib/")) return "";
    const url = new URL(`../../core/engine/${file}`, import.meta.url);
    if (!sources.has(file)) sources.set(file, readFileSync(url, "utf8").split("\n"));
    return sources.get(file)[line - 1]?.trim() ?? "";
  };
  return [...lines]
    .map(([name, found]) => {
      const top = [...found].sort((a, b) => b[1] - a[1]).slice(0, shown);
      return [
        name,
        ...top.map(([at, n]) => `${n.toFixed(3).padStart(8)}  ${at.padEnd(28)} ${textOf(at)}`),
      ].join("\n");
    })
    .join("\n\n");
}
