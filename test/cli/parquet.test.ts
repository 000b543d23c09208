import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeBucket, type S3Server, startS3 } from "../servers/s3.ts";
import { folderWith, runlet } from "./spawned.ts";

const LINES = '{"id":1,"tags":["a","b"]}\n{"id":2,"seen":"2024-01-01T00:00:00Z"}\n';
const TIMEOUT = { timeout: 60_000 };

describe("parquet:<folder>", TIMEOUT, () => {
  const cwd = folderWith({ "items.ndjson": LINES });

  test("is loaded to, and printed as any other destination", async () => {
    for (const _ of [1, 2]) {
      const { code, stdout, stderr } = await runlet(["load", "items.ndjson", "--to", "parquet:lake"], {
        cwd,
      });
      expect({ code, stderr }).toMatchObject({ code: 0 });
      expect(stdout + stderr).toContain("parquet:lake, dataset items");
    }
    expect(readdirSync(join(cwd, "lake/items")).sort()).toEqual([
      "_dlt_loads",
      "_dlt_pipeline_state",
      "_dlt_version",
      "_runlet_commits",
      "_runlet_open",
      "init",
      "items",
      "items__tags",
    ]);
  });

  test("is queried, described and informed about", async () => {
    const sql =
      "select i.id, t.value from items i join items__tags t on t._dlt_parent_id = i._dlt_id order by 1, 2";
    const rows = await runlet(["query", "parquet:lake", sql, "--json"], { cwd });
    expect(JSON.parse(rows.stdout)).toEqual(["a", "a", "b", "b"].map((value) => ({ id: 1, value })));
    const tree = await runlet(["schema", "parquet:lake"], { cwd });
    expect(tree.stdout).toMatch(/items +4 .*\n.*tags +4/);
    const info = await runlet(["info", "parquet:lake", "--json"], { cwd });
    expect(JSON.parse(info.stdout)).toMatchObject({
      dataset: "items",
      loads: [{ status: 0 }, { status: 0 }],
    });
  });

  test("that is not there is said so, and not made", async () => {
    const { code, stderr } = await runlet(["query", "parquet:nowhere", "select 1"], { cwd });
    expect({ code, stderr }).toMatchObject({
      code: 5,
      stderr: expect.stringContaining("nowhere does not exist") as string,
    });
    expect(existsSync(join(cwd, "nowhere"))).toBe(false);
    const nameless = await runlet(["load", "items.ndjson", "--to", "parquet:"], { cwd });
    expect(nameless).toMatchObject({ code: 2, stderr: expect.stringContaining("names no folder") as string });
  });
});

describe("parquet:s3://bucket/prefix", TIMEOUT, () => {
  const cwd = folderWith({ "items.ndjson": LINES });
  let server: S3Server;
  let env: Record<string, string>;
  beforeAll(async () => {
    server = await startS3();
    await makeBucket(server, "lake");
    env = {
      AWS_ACCESS_KEY_ID: server.accessKeyId,
      AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
      AWS_ENDPOINT_URL: server.endpoint,
      AWS_REGION: "eu-central-1",
    };
  }, 120_000);
  afterAll(() => server.stop());

  test("takes its credentials from the environment", async () => {
    const to = "parquet:s3://lake/some/where";
    expect(await runlet(["load", "items.ndjson", "--to", to], { cwd, env })).toMatchObject({ code: 0 });
    const { stdout } = await runlet(["query", to, "select count(*) n from items", "--json"], { cwd, env });
    expect(JSON.parse(stdout)).toEqual([{ n: 2 }]);
  });

  test("without credentials, or with wrong ones, loads nothing and shows no secret", async () => {
    const without = { AWS_ENDPOINT_URL: server.endpoint, AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" };
    const missing = await runlet(["load", "items.ndjson", "--to", "parquet:s3://lake/none"], {
      cwd,
      env: without,
    });
    expect(missing).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("AWS_ACCESS_KEY_ID is not set") as string,
    });
    const wrong = { ...env, AWS_SECRET_ACCESS_KEY: "not-the-secret-key" };
    const refused = await runlet(["load", "items.ndjson", "--to", "parquet:s3://lake/none"], {
      cwd,
      env: wrong,
    });
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("SignatureDoesNotMatch") as string,
    });
    expect(refused.stdout + refused.stderr).not.toContain("not-the-secret-key");
  });
});
