// The engine's source files by what they are for.

/** Phase → files and folders of core/engine; the first that fits counts. */
const PHASES = {
  "UTF-8 check": ["scan/utf8"],
  records: ["input/"],
  timestamps: ["parse/timestamp", "time/"],
  "once per engine": ["number/powers", "config/", "index", "abi/"],
  numbers: ["parse/number", "number/"],
  "JSON as text": ["parse/json-text", "parse/sorted-json", "parse/member-order"],
  ids: ["tables/ids", "tables/own-ids", "parse/own-ids", "parse/hashed-ids", "parse/child-table", "hash/"],
  "keys, structure": [
    "parse/object",
    "parse/advance",
    "parse/element",
    "parse/cold",
    "parse/cold-containers",
    "tables/shape",
    "scan/skip",
  ],
  strings: ["parse/string", "scan/text", "convert/"],
  "names, new columns": ["naming/", "columns/name", "columns/bind", "columns/column", "output/"],
  "values into columns": ["columns/", "tables/table", "parse/root-row"],
  "Arrow output": ["arrow/"],
  "CSV dialect, types": ["csv/sample"],
  "CSV cells": ["csv/"],
};

export const PHASE_NAMES = [...Object.keys(PHASES), "other"];

/** What all phases use, inlined nearly everywhere: it belongs to the code around it. */
const SHARED = ["scan/constants", "memory/", "layout/", "lib/", "scan/failure", "rt/"];

/** The phase of a file of core/engine, undefined for what all phases share. */
export function phaseOf(file) {
  if (SHARED.some((path) => file.startsWith(path))) return undefined;
  for (const [phase, paths] of Object.entries(PHASES))
    if (paths.some((path) => file === `${path}.ts` || (path.endsWith("/") && file.startsWith(path))))
      return phase;
  return "other";
}
