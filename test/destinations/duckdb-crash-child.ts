import { duckdb, type DuckDBDriverName } from "../../core/destinations/duckdb/index.ts";
import { openDuckDB } from "../../host-node/duckdb/index.ts";
import { facts, put } from "./load.ts";

/** Loads for ever: each load replaces `parents` and appends to `log`, by the same number. Prints `committed <n>`. */
const [driver, file = "", from = "0"] = process.argv.slice(2);
const session = await duckdb(file, { open: openDuckDB, driver: driver as DuckDBDriverName }).open({
  dataset: "ds",
});
const rows = 20_000;
process.stdout.write("open\n");
for (let n = Number(from); ; n++) {
  const load = await session.begin(String(n));
  const value = BigInt(n);
  await put(
    load,
    "parents",
    {
      n: { type: "bigint", values: Array<bigint>(rows).fill(value) },
      id: { type: "text", values: Array.from({ length: rows }, (_, row) => `${n}-${row}`) },
    },
    "replace",
  );
  await put(load, "log", { n: { type: "bigint", values: [value] } });
  await load.commit(facts(String(n)));
  process.stdout.write(`committed ${n}\n`);
}
