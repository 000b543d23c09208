import { describe, expect, test } from "vitest";
import { FILE_DEVIATIONS } from "./dlt-deviations.ts";
import { dltFileBytes, dltFiles, fileParity, frozenTables, RANDOM } from "./dlt-files.ts";
import type { DltFile, ReadTable } from "./dlt-files.ts";
import type { JsonNode } from "./json.ts";
import { readRecords } from "./records.ts";
import { Reference } from "./shred.ts";

const files = dltFiles().filter((file) => file.tables && file.file && dltFileBytes(file));

describe("the reference makes of real files what dlt makes", () => {
  test("there are files", () => expect(files.length).toBeGreaterThan(process.env.RUNLET_FULL ? 400 : 30));
  test.each(files)("$name", (file) => {
    const { mismatches, columns } = fileParity(frozenTables(file), referenceTables(file), RANDOM);
    const known = FILE_DEVIATIONS.filter((deviation) => deviation.file.test(file.name));
    expect(mismatches.filter(({ at }) => !known.some((deviation) => deviation.at.test(at)))).toEqual([]);
    expect(columns > 0 || file.input === 0 || mismatches.length > 0 || onlyEmptyRows(file)).toBe(true);
  });
});

/** Records such as `{}` make rows without columns. */
function onlyEmptyRows(file: DltFile): boolean {
  return Object.values(frozenTables(file)).every((table) => Object.values(table.columns).length === 2);
}

function referenceTables(file: DltFile): Map<string, ReadTable> {
  const { records } = readRecords(dltFileBytes(file)!, file.format);
  const reference = new Reference({
    onTypeConflict: "variant",
    ...(file.maxTableNesting === undefined ? {} : { maxTableNesting: file.maxTableNesting }),
  });
  for (const record of selected(records, file.records ?? [])) reference.record(file.resource, record);
  return new Map(
    [...reference.tables].map(([name, table]) => {
      const rows = table.rows.map(({ cells, index }) =>
        index < 0 ? cells : new Map([...cells, ["_dlt_list_idx", String(index)]]),
      );
      return [name, { parent: table.parent, columns: table.columns, pending: table.pending, rows }];
    }),
  );
}

function selected(records: JsonNode[], path: string[]): JsonNode[] {
  if (path.length === 0) return records;
  let value = records[0]!;
  for (const step of path) value = (value as Map<string, JsonNode>).get(step)!;
  return Array.isArray(value) ? value : [value];
}
