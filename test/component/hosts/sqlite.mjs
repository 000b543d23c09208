// Runs SQL text in an empty SQLite and prints what a query gives: <sql file> <query>. For Node 24.
import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

const [file, query] = process.argv.slice(2);
const database = new DatabaseSync(":memory:");
database.exec(readFileSync(file, "utf8"));
const statement = database.prepare(query);
statement.setReadBigInts(true);
const plain = (_, value) =>
  typeof value === "bigint"
    ? `${value}n`
    : value instanceof Uint8Array
      ? Buffer.from(value).toString("hex")
      : value;
console.log(JSON.stringify(statement.all(), plain));
