import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installHost, secret } from "../../core/index.ts";
import { parquet, s3, type S3Options } from "../../core/destinations/parquet/index.ts";
import { nodeHost } from "../../host-node/host.ts";
import { makeBucket, type S3Server, startS3 } from "../servers/s3.ts";
import { testDestination } from "./suite.ts";

let server: S3Server;
let prefixes = 0;
installHost({ ...nodeHost, log: () => undefined });
beforeAll(async () => {
  server = await startS3();
  await makeBucket(server, "lake");
}, 120_000);
afterAll(() => server.stop());

const options = (more: Partial<S3Options> = {}): S3Options => {
  const { endpoint, accessKeyId, secretAccessKey } = server;
  return { bucket: "lake", endpoint, accessKeyId, secretAccessKey, ...more };
};

testDestination("parquet on S3", {
  create: () => parquet(s3(options({ prefix: `suite/${prefixes++}` }))),
  durable: true,
  widensCommitted: false,
});

describe("s3()", () => {
  const open = (more: Partial<S3Options> = {}) => s3(options(more)).open({});

  test("a wrong secret, an unknown key, a bucket that is not there are said so, without the secret", async () => {
    const wrong = await open({ secretAccessKey: "wrong-secret" });
    const refused = await wrong.list("").catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: "CONFIG_INVALID",
      where: { status: 403 },
      hint: "the secret access key does not belong to the access key",
    });
    expect(JSON.stringify(refused) + String(refused)).not.toContain("wrong-secret");
    const nobody = await open({ accessKeyId: "AKIANOBODY" });
    await expect(nobody.get("x")).rejects.toMatchObject({ code: "CONFIG_INVALID", where: { status: 403 } });
    const nowhere = await open({ bucket: "nowhere" });
    await expect(nowhere.list("")).rejects.toMatchObject({ code: "CONFIG_INVALID", where: { status: 404 } });
    await expect(nowhere.get("x")).rejects.toMatchObject({ code: "CONFIG_INVALID", where: { status: 404 } });
  });

  test("of writes at once of what must not be there, one is stored", async () => {
    const folder = await open({ prefix: "race" });
    const texts = Array.from({ length: 8 }, (_, n) => new TextEncoder().encode(`writer ${n}`));
    const stored = await Promise.all(texts.map((text) => folder.put("one", text, { ifAbsent: true })));
    expect(stored.filter(Boolean)).toHaveLength(1);
    expect(await folder.get("one")).toEqual(texts[stored.indexOf(true)]);
  });

  test("names are names, listed by pages, with the folders among them", async () => {
    const folder = await open({ prefix: "names" });
    const names = ["a b", "a+b", "a%20b", "ä/☃", "x&<y>'\"", "deep/er/still", "deep/on"].sort();
    for (const name of names) await folder.put(name, new TextEncoder().encode(name));
    expect((await folder.list("")).map(({ name }) => name)).toEqual(names);
    expect((await folder.list("deep/")).map(({ name }) => name)).toEqual(["deep/er/still", "deep/on"]);
    expect(await folder.folders("")).toEqual(["deep", "ä"]);
    expect(await folder.folders("deep/")).toEqual(["er"]);
    for (const name of names) expect(new TextDecoder().decode(await folder.get(name))).toBe(name);
    await folder.remove("a+b");
    await folder.remove("never there");
    expect(await folder.get("a+b")).toBeUndefined();
    expect(await folder.get("a b")).toBeDefined();
  });

  test("a prefix that leads upwards is refused", () => {
    for (const prefix of ["..", "a/../b"])
      expect(() => s3({ bucket: "lake", prefix })).toThrow(
        expect.objectContaining({ code: "CONFIG_INVALID" }),
      );
  });

  test("credentials, region and endpoint are looked up in the run's settings under AWS's names", async () => {
    const env: Record<string, string> = {
      AWS_ACCESS_KEY_ID: server.accessKeyId,
      AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
      AWS_ENDPOINT_URL: server.endpoint,
      AWS_REGION: "eu-central-1",
    };
    const asked: unknown[] = [];
    const concealed: string[] = [];
    const folder = await s3("s3://lake/env/").open({
      resolve: async (value) => {
        asked.push(value);
        return env[(value as { name: string }).name] ?? "";
      },
      conceal: (value) => void concealed.push(value),
    });
    await folder.put("x", Uint8Array.of(1));
    expect(await folder.get("x")).toEqual(Uint8Array.of(1));
    expect(asked).toContainEqual({ kind: "secret", name: "AWS_SECRET_ACCESS_KEY" });
    expect(concealed).toEqual([server.secretAccessKey]);
    const named = await s3(options({ secretAccessKey: secret("THEIRS") })).open({
      resolve: async (value) => ((value as { name: string }).name === "THEIRS" ? server.secretAccessKey : ""),
    });
    expect(await named.get("env/x")).toEqual(Uint8Array.of(1));
  });
});

describe("s3() and a service in trouble", () => {
  /** A service that answers requests, one after the other, as told; the last way again and again. */
  const troubled = async (answers: ((response: ServerResponse, body: Buffer) => void)[]) => {
    const asked: string[] = [];
    const service = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        asked.push(`${request.method} ${request.headers.authorization?.slice(0, 16)}`);
        answers[Math.min(asked.length, answers.length) - 1]!(response, Buffer.concat(parts));
      });
    });
    await new Promise<void>((done) => service.listen(0, "127.0.0.1", done));
    const { port } = service.address() as AddressInfo;
    const folder = await s3({
      bucket: "lake",
      endpoint: `http://127.0.0.1:${port}`,
      accessKeyId: "AKIAEXAMPLE",
      secretAccessKey: "a-very-secret-key",
    }).open({});
    const stop = () => new Promise((done) => (service.closeAllConnections(), service.close(done)));
    return { folder, asked, stop };
  };
  const error =
    (status: number, code: string, headers = {}) =>
    (response: ServerResponse) =>
      void response
        .writeHead(status, headers)
        .end(`<Error><Code>${code}</Code><Message>so it is</Message></Error>`);
  const fine = (response: ServerResponse) => void response.writeHead(200).end("fine");

  test("500, 503, a broken connection and a broken answer are tried again, each signed", async () => {
    const { folder, asked, stop } = await troubled([
      error(500, "InternalError"),
      error(503, "SlowDown", { "retry-after": "0" }),
      (response) => void response.destroy(),
      (response) =>
        void response.writeHead(200, { "content-length": "4" }).write("fi", () => response.destroy()),
      fine,
    ]);
    expect(new TextDecoder().decode(await folder.get("x"))).toBe("fine");
    expect(asked).toEqual(Array.from({ length: 5 }, () => "GET AWS4-HMAC-SHA256"));
    await stop();
  });

  test("a conditional write whose answer is lost counts as what it did", async () => {
    let stored: Buffer | undefined;
    const { folder, stop } = await troubled([
      (response, body) => {
        stored = body;
        response.destroy();
      },
      error(412, "PreconditionFailed"),
      (response) => void response.writeHead(200).end(stored),
      error(412, "PreconditionFailed"),
      (response) => void response.writeHead(200).end("of another"),
    ]);
    expect(await folder.put("commit", new TextEncoder().encode("mine"), { ifAbsent: true })).toBe(true);
    expect(await folder.put("commit", new TextEncoder().encode("mine"), { ifAbsent: true })).toBe(false);
    await stop();
  });

  test("a list that breaks off is asked for again; names stay as they are where encoding-type is not known", async () => {
    const page = (name: string, head = "") =>
      `<ListBucketResult>${head}<Contents><Key>${name}</Key><Size>1</Size></Contents></ListBucketResult>`;
    const encoded = page("a%2Bb+c", "<EncodingType>url</EncodingType>");
    const { folder, asked, stop } = await troubled([
      (response) =>
        void response.writeHead(200, { "content-length": "400" }).write("<List", () => response.destroy()),
      (response) => void response.writeHead(200).end(encoded),
      (response) => void response.writeHead(200).end(page("a%2Bb+c")),
    ]);
    expect((await folder.list("")).map(({ name }) => name)).toEqual(["a+b c"]);
    expect((await folder.list("")).map(({ name }) => name)).toEqual(["a%2Bb+c"]);
    expect(asked).toHaveLength(3);
    await stop();
  });

  test.each([
    [403, "AccessDenied", "DESTINATION_FAILED", "s3:PutObject"],
    [403, "ExpiredToken", "CONFIG_INVALID", "renew the credentials"],
    [301, "PermanentRedirect", "CONFIG_INVALID", "AWS_REGION"],
    [400, "AuthorizationHeaderMalformed", "CONFIG_INVALID", "AWS_REGION"],
    [501, "NotImplemented", "CONFIG_INVALID", "If-None-Match"],
  ])("%i %s is %s with what to do, and without the secret", async (status, code, ours, hint) => {
    const { folder, asked, stop } = await troubled([error(status, code)]);
    const failed: unknown = await folder
      .put("x", Uint8Array.of(1), { ifAbsent: true })
      .catch((thrown) => thrown);
    expect(failed).toMatchObject({
      code: ours,
      message: `cannot write s3://lake/x: ${status} ${code}, so it is`,
      hint: expect.stringContaining(hint) as string,
      where: { status },
    });
    expect(`${String(failed)} ${JSON.stringify(failed)}`).not.toMatch(/a-very-secret-key|AWS4-HMAC/);
    expect(asked).toHaveLength(1);
    await stop();
  });

  test("one that does not answer at all is named, and a cancelled run stops asking", async () => {
    const controller = new AbortController();
    const { accessKeyId, secretAccessKey } = server;
    const nowhere = await s3({
      bucket: "lake",
      endpoint: "http://127.0.0.1:9",
      accessKeyId,
      secretAccessKey,
    }).open({
      signal: controller.signal,
    });
    const asked = nowhere.get("x").catch((thrown: unknown) => thrown);
    setTimeout(() => controller.abort(), 100);
    expect(await asked).toMatchObject({ code: "CANCELLED" });
  });
});
