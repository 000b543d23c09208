import { readFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { startWorkerd } from "./bare-workerd.ts";
import { type Bundle, bundleWorker } from "./bundled.ts";

const pem = (name: string) => readFileSync(new URL(`../data/tls/${name}`, import.meta.url), "utf8");
const SSL_REQUEST = 80_877_103;

/** Stands before a server as one that speaks TLS, and counts who has asked for it. */
async function withTls(port: number): Promise<{ server: Server; port: number; asked: () => number }> {
  let asked = 0;
  const server = createServer((client) => {
    client.on("error", () => undefined);
    client.once("data", (first) => {
      if (first.readUInt32BE(4) !== SSL_REQUEST) return void client.destroy();
      asked++;
      client.write("S");
      const plain = new TLSSocket(client, {
        isServer: true,
        key: pem("server.key"),
        cert: pem("server.pem"),
      });
      const upstream = connect(port, "127.0.0.1");
      plain.on("error", () => upstream.destroy());
      upstream.on("error", () => plain.destroy());
      plain.pipe(upstream).pipe(plain);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port, asked: () => asked };
}

describe("Postgres over TLS from a Worker", { timeout: 60_000 }, () => {
  let postgres: PostgresServer;
  let tls: Awaited<ReturnType<typeof withTls>>;
  let bundle: Bundle;
  beforeAll(async () => {
    postgres = await startPostgres();
    tls = await withTls(postgres.port);
    bundle = await bundleWorker(`
      import { postgres } from "runlet/postgres";
      import { pipeline, resource, secret } from "runlet";
      import { worker } from "runlet/workers";
      const rows = Array.from({ length: 5000 }, (_, n) => ({ n, text: "x".repeat(100) }));
      export default worker(pipeline("p", resource("rows", { write: "replace" }, rows)), {
        to: postgres(secret("DATABASE_URL")), authorize: () => true, run: { log: () => {} },
      });`);
  }, 60_000);
  afterAll(async () => {
    tls?.server.close();
    bundle?.remove();
    await postgres?.stop();
  });

  async function run(port: number, mode: string | undefined, trusted?: string): Promise<any> {
    const url = new URL(postgres.url());
    url.hostname = "localhost";
    url.port = String(port);
    if (mode) url.searchParams.set("sslmode", mode);
    const running = await startWorkerd(bundle, {
      bindings: { DATABASE_URL: url.href },
      compatibilityFlags: ["nodejs_compat"],
      ...(trusted === undefined ? {} : { trusted }),
    });
    try {
      return await (await fetch(new URL("/run", running.url), { method: "POST" })).json();
    } finally {
      await running.stop();
    }
  }

  test.each([undefined, "prefer", "require", "verify-full"])("sslmode=%s: encrypted", async (mode) => {
    const before = tls.asked();
    expect(await run(tls.port, mode, pem("ca.pem"))).toMatchObject({ tables: { rows: { rows: 5000 } } });
    expect(tls.asked()).toBeGreaterThan(before);
  });

  test.each([undefined, "disable"])("sslmode=%s, of a server that has none: not encrypted", async (mode) => {
    expect(await run(postgres.port, mode)).toMatchObject({ tables: { rows: { rows: 5000 } } });
  });

  test("a certificate of nobody the platform trusts is refused, and so is a server without one", async () => {
    expect(await run(tls.port, "require")).toMatchObject({ error: { code: "DESTINATION_FAILED" } });
    expect(await run(postgres.port, "require", pem("ca.pem"))).toMatchObject({
      error: { code: "DESTINATION_FAILED", message: expect.stringContaining("does not support TLS") },
    });
  });
});
