// Runs one approach over one input and prints its times: node approach.mjs <approach> <path> <repetitions>
import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { eachBlock, eachLine } from "./lines.mjs";

const [, , name, path, repetitions] = process.argv;
const CHUNK = 512 * 1024;
/** The batches are written; where they would go is not measured here. */
const ignore = () => {};

/** Each makes a function that does the work once and returns the number of records. */
const APPROACHES = {
  async runlet() {
    const { loadEngine } = await import("./engine.mjs");
    const openEngine = await loadEngine();
    const chunk = new Uint8Array(CHUNK);
    return () => {
      const engine = openEngine();
      const input = engine.input("t", 0, { format: "ndjson" });
      const file = openSync(path);
      for (let read; (read = readSync(file, chunk, 0, CHUNK, null)) > 0;) {
        engine.push(input, chunk.subarray(0, read));
        while (engine.takeInto(ignore)) continue;
      }
      closeSync(file);
      const { records } = engine.end(input);
      while (engine.takeInto(ignore, true)) continue;
      engine.schema();
      engine.close();
      return records;
    };
  },
  async "JSON.parse"() {
    return () => {
      let records = 0;
      eachLine(path, (line) => {
        JSON.parse(line);
        records++;
      });
      return records;
    };
  },
  async shredder() {
    const { Shredder } = await import("./shredder.mjs");
    return () => {
      const shredder = new Shredder();
      let records = 0;
      let batch = 0;
      eachLine(path, (line) => {
        shredder.record(JSON.parse(line));
        records++;
        batch += line.length;
        if (batch > CHUNK) {
          shredder.flush();
          batch = 0;
        }
      });
      shredder.flush();
      return records;
    };
  },
  async duckdb() {
    const { DuckDBInstance } = await import("@duckdb/node-api");
    return async () => {
      const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
      const connection = await instance.connect();
      await connection.run(
        `CREATE TABLE t AS SELECT * FROM read_json_auto('${path}', format = 'newline_delimited')`,
      );
      const rows = await (await connection.run("SELECT count(*) FROM t")).getRows();
      connection.closeSync();
      instance.closeSync();
      return Number(rows[0][0]);
    };
  },
  async prototype() {
    const { openPrototype } = await import("./prototype.mjs");
    return () => {
      const prototype = openPrototype();
      let records = 0;
      eachBlock(path, CHUNK, (block) => (records += prototype.push(block)));
      return records;
    };
  },
};

if (!existsSync(path)) throw new Error(`no input at ${path}`);
const work = await APPROACHES[name]();
const cpu = [];
const wall = [];
let records = 0;
// The first run warms the just-in-time compiler up; a process that runs once (DuckDB) has none.
const warm = name === "duckdb" ? 0 : 1;
for (let i = 0; i < Number(repetitions) + warm; i++) {
  const start = performance.now();
  const before = process.cpuUsage();
  records = await work();
  const used = process.cpuUsage(before);
  if (i < warm) continue;
  wall.push(performance.now() - start);
  cpu.push((used.user + used.system) / 1000);
}
console.log(JSON.stringify({ name, records, bytes: statSync(path).size, cpu, wall }));
