import { expect, test } from "vitest";
import { realFiles } from "./real-data.ts";
import { parity } from "./parity.ts";

const files = realFiles();

test("there are real files to compare", () => {
  expect(files.length).toBeGreaterThanOrEqual(process.env.RUNLET_FULL ? 100 : 5);
});

test.each(files)("$name: every cell equals the reference", (file) => {
  const bytes = file.read();
  for (const onTypeConflict of ["variant", "widen"] as const) {
    const compared = parity(bytes, { table: file.table, onTypeConflict, chunks: [65536, 4099] });
    expect(compared.differences).toEqual([]);
    expect(compared.rows).toBeGreaterThan(0);
  }
});
