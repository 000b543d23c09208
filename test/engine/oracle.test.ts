import { afterAll, describe, expect, test } from "vitest";
import { FILE_DEVIATIONS } from "../reference/dlt-deviations.ts";
import {
  dltFileBytes,
  dltFiles,
  fileParity,
  frozenTables,
  RANDOM,
  RANDOM_LOAD,
} from "../reference/dlt-files.ts";
import type { DltFile } from "../reference/dlt-files.ts";
import type { EngineOutput } from "./collect.ts";
import { normalise } from "./engine.ts";
import { split } from "./split.ts";

const all = dltFiles();
const files = all.filter((file) => file.tables && dltFileBytes(file));
const sum = { files: 0, tables: 0, rows: 0, columns: 0, mismatches: 0, deviations: 0 };

describe("the engine makes of real files what dlt makes", () => {
  test("there are files", () => {
    expect(files.length).toBeGreaterThan(process.env.RUNLET_FULL ? 400 : 35);
  });

  test.each(files)("$name", (file) => {
    const known = FILE_DEVIATIONS.filter((deviation) => deviation.file.test(file.name));
    const refused = known.find((deviation) => deviation.refused);
    if (refused) {
      expect(() => load(file)).toThrow(expect.objectContaining({ code: refused.refused }));
      return;
    }
    const out = load(file);
    for (const [name, table] of out.tables) if (table.rows.length === 0) out.tables.delete(name);
    const hidden = file.ids ? RANDOM_LOAD : RANDOM;
    const { mismatches, tables, rows, columns } = fileParity(frozenTables(file), out.tables, hidden);
    const unexpected = mismatches.filter(({ at }) => !known.some((deviation) => deviation.at.test(at)));
    sum.files++;
    sum.tables += tables;
    sum.rows += rows;
    sum.columns += columns;
    sum.mismatches += unexpected.length;
    sum.deviations += mismatches.length - unexpected.length;
    expect(unexpected).toEqual([]);
    expect(out.summaries[0]!.records).toBe(file.input);
  });

  afterAll(() => {
    const row = (values: unknown[]) => values.map((value) => String(value).padStart(12)).join("");
    console.log(`parity with dlt\n${row(Object.keys(sum))}\n${row(Object.values(sum))}`);
  });
});

// The counts that the dataset contract names.
test.each<[RegExp, Record<string, number>]>([
  [
    /^dlt--github\.events\.load_page_1_duck$/,
    {
      events: 100,
      events__payload__pull_request__requested_reviewers: 24,
      events__payload__commits: 77,
      events__payload__pull_request__base__repo__topics: 290,
      events__payload__pull_request__labels: 26,
      events__payload__issue__labels: 3,
      events__payload__issue__assignees: 1,
    },
  ],
  [/^dlt--github\.issues\.load_page_5_duck$/, { issues: 100, issues__labels: 34, issues__assignees: 31 }],
  [
    /^dlt--ethereum\.blocks[^-]*$/,
    {
      blocks: 2,
      blocks__transactions: 655,
      blocks__transactions__logs: 1147,
      blocks__transactions__logs__topics: 3514,
      blocks__transactions__access_list: 17,
      blocks__transactions__access_list__storage_keys: 40,
      blocks__uncles: 1,
    },
  ],
])("the tables and rows of %s are those of the contract", (name, rows) => {
  const file = all.find((file) => name.test(file.name))!;
  const out = normalise([
    { table: file.resource, options: { format: file.format }, chunks: [dltFileBytes(file)!] },
  ]);
  expect(out.schema.rows).toEqual(rows);
  const { columns } = out.tables.get(file.resource)!;
  // Data columns and the two of the system.
  if (file.resource === "events") expect(columns.size + 2).toBe(596);
  if (file.resource === "issues") {
    expect(columns.size + 2).toBe(74);
    expect([columns.has("reactions__x1"), columns.has("reactions___1")]).toEqual([true, true]);
  }
});

function load(file: DltFile): EngineOutput {
  const options = { format: file.format, ...(file.records ? { records: file.records } : {}) };
  const nesting = file.maxTableNesting === undefined ? {} : { maxTableNesting: file.maxTableNesting };
  return normalise([{ table: file.resource, options, chunks: split(dltFileBytes(file)!, [65536]) }], {
    onTypeConflict: "variant",
    ...nesting,
  });
}
