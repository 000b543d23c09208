import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readJsonRows } from "../../core/arrow/json-rows.ts";
import { fromParquet } from "../../core/destinations/parquet/index.ts";
import "../../host-node/index.ts";
import { folderWith, program, runlet } from "../cli/spawned.ts";
import { ORDERS } from "./orders.ts";
import { serveData } from "./server.ts";
import { setStage } from "./stage.ts";
import { soon } from "./visit.ts";

const stage = setStage();

describe("taking it away", () => {
  test("as Parquet, CSV and a DuckDB file", async () => {
    const visit = await stage.shared();
    await visit.choose("orders.ndjson", ORDERS);
    await visit.ready();
    await visit.openTab("Take away");
    const button = (name: string) => visit.page.getByRole("button", { name });
    const csv = await visit.download(button("orders.csv"));
    expect(csv.name).toBe("orders.csv");
    expect(csv.bytes.toString().split("\r\n")[1]).toMatch(/^9007199254740993,Ada,2026-01-05T10:00:00/);
    const parquet = await visit.download(button("orders.parquet"));
    const rows = readJsonRows(await fromParquet(parquet.bytes));
    expect(rows.map(({ id, customer }) => [id, customer])).toEqual([
      [9007199254740993n, "Ada"],
      [9007199254740995n, "Grace"],
      [3, null],
    ]);
    const database = await visit.download(button("orders.duckdb"));
    const folder = folderWith();
    writeFileSync(join(folder, database.name), database.bytes);
    const sql = "select count(*) as n from orders__lines";
    const asked = await runlet(["query", "duckdb:orders.duckdb", sql, "--json"], { cwd: folder });
    expect(JSON.parse(asked.stdout)).toEqual([{ n: 3 }]);
  });

  test("as a pipeline, a command and a Worker, which do the same", async () => {
    const data = await serveData({ "/orders.ndjson": { body: ORDERS, open: true } });
    const visit = await stage.shared();
    await visit.address(`${data.url}orders.ndjson`);
    await visit.ready();
    await visit.openTab("Take away");
    const code = async (title: string) => {
      const figure = visit.page.locator("figure.code", { has: visit.page.getByText(title, { exact: true }) });
      await figure.getByRole("button", { name: "Copy" }).click();
      return visit.page.evaluate(() => navigator.clipboard.readText());
    };
    const folder = join("build", `code-${process.pid}`);
    mkdirSync(folder, { recursive: true });
    try {
      writeFileSync(join(folder, "pipeline.ts"), await code("Pipeline"));
      writeFileSync(
        join(folder, "worker.ts"),
        `type R2Bucket = import("runlet/parquet").R2BucketLike;\n${await code("Worker")}`,
      );
      const files = ["pipeline.ts", "worker.ts"].map((name) => join(folder, name));
      const options =
        "--ignoreConfig --noEmit --strict --module nodenext --target es2022 --types node --skipLibCheck".split(
          " ",
        );
      const compiled = await program("node_modules/.bin/tsc", [...options, ...files]);
      expect(compiled).toMatchObject({ stdout: "", code: 0 });
      const command = await code("Command line");
      expect(command).toBe(
        `npx runlet load ${data.url}orders.ndjson --table orders --to duckdb:orders.duckdb`,
      );
      const loaded = await runlet([...command.split(" ").slice(2), "--json"], { cwd: folder });
      expect(JSON.parse(loaded.stdout).tables).toMatchObject({ orders: { rows: 3 } });
      const run = await runlet(["run", "pipeline.ts", "--to", "duckdb:code.duckdb", "--json"], {
        cwd: folder,
      });
      expect(JSON.parse(run.stdout).tables).toMatchObject({
        orders: { rows: 3 },
        orders__lines: { rows: 3 },
      });
    } finally {
      rmSync(folder, { recursive: true });
      data.close();
    }
  });

  test("as code that compiles, whatever the files are called", async () => {
    const visit = await stage.shared();
    const names = ["package.json", "pipeline.json", "a_2.json", "a.json", "a.ndjson", "2026 it's.json"];
    await visit.page
      .locator("input[type=file]")
      .setInputFiles(names.map((name) => ({ name, mimeType: "", buffer: Buffer.from(`{"n":1}`) })));
    await visit.ready();
    expect(await visit.tables()).toEqual(
      ["package", "pipeline", "a_2", "a", "a_3", "data_2026_it_s"].map((table) => `${table} 1`),
    );
    await visit.openTab("Take away");
    const code = await visit.page.getByLabel("Pipeline", { exact: true }).innerText();
    const folder = join("build", `code-${process.pid}`);
    mkdirSync(folder, { recursive: true });
    try {
      writeFileSync(join(folder, "pipeline.ts"), code);
      for (const name of names) writeFileSync(join(folder, name), `{"n":1}`);
      const run = await runlet(["run", "pipeline.ts", "--to", "duckdb:code.duckdb", "--json"], {
        cwd: folder,
      });
      expect(Object.keys(JSON.parse(run.stdout).tables)).toContain("data_2026_it_s");
    } finally {
      rmSync(folder, { recursive: true });
    }
    const commands = await visit.page.getByLabel("Command line", { exact: true }).innerText();
    expect(commands.split("\n").at(-1)).toBe(
      `npx runlet load '2026 it'\\''s.json' --table data_2026_it_s --to duckdb:package.duckdb`,
    );
  });

  test("as a link: address, question and chart are in its fragment, and open again", async () => {
    const data = await serveData({ "/orders.ndjson": { body: ORDERS, open: true } });
    const visit = await stage.shared();
    await visit.address(`${data.url}orders.ndjson`);
    await visit.ready();
    await visit.openTab("SQL");
    await visit.ask("select customer, id % 10 as n from orders where customer is not null");
    await visit.page.getByRole("button", { name: "Chart" }).click();
    await visit.page.getByRole("button", { name: "Share" }).click();
    const link = new URL(await visit.page.getByLabel(/^Link to/).inputValue());
    expect(link.origin + link.pathname + link.search).toBe(stage.app.url);
    const other = await stage.visit(link.href);
    await other.page.getByRole("img", { name: "bar chart of n by customer, 2 points" }).waitFor();
    data.close();
  });

  test("a link from a file holds no data: whoever opens it is asked for their own", async () => {
    const visit = await stage.shared();
    await visit.choose("orders.ndjson", ORDERS);
    await visit.ready();
    await visit.openTab("SQL");
    await visit.ask("select count(*) as n from orders");
    await visit.page.getByRole("button", { name: "Share" }).click();
    const link = await visit.page.getByLabel(/^Link to/).inputValue();
    expect(decodeURIComponent(link)).not.toMatch(/Ada|900719/);
    const other = await stage.visit(link);
    await other.page.getByText("Drop your own file.").waitFor();
    await other.choose("orders.ndjson", ORDERS.split("\n")[0]!);
    await other.ready();
    await soon(async () => other.cells(other.page.getByRole("region", { name: "Result" }))).toEqual([["1"]]);
  });
});
