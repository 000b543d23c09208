import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

/** A service of S3 in this machine's memory: moto (https://docs.getmoto.org), which checks signatures and policies with
 *  AWS's own botocore, and knows conditional writes. It is installed into `build/moto` with pip when it is not there. */
export interface S3Server {
  endpoint: string;
  accessKeyId: string;
  secretAccessKey: string;
  stop(): Promise<void>;
}

const VERSION = "5.2.5";
const FOLDER = resolve("build/moto");
const run = promisify(execFile);

async function installed(): Promise<string> {
  const program = join(FOLDER, "bin/moto_server");
  if (existsSync(program)) return program;
  process.stderr.write(`installing moto ${VERSION} (pip) into ${FOLDER}: a server of S3 for tests\n`);
  mkdirSync(resolve("build"), { recursive: true });
  try {
    await ensureVenv();
    await run("python3", ["-m", "venv", FOLDER]);
    await run(join(FOLDER, "bin/pip"), ["install", "--quiet", `moto[server]==${VERSION}`], {
      maxBuffer: 1 << 24,
    });
  } catch (cause) {
    rmSync(FOLDER, { recursive: true, force: true });
    throw new Error("the tests of S3 need python3 with venv and pip, to install moto", { cause });
  }
  return program;
}

/** Debian has venv in a package of its own; as root it is installed where it is missing. */
async function ensureVenv(): Promise<void> {
  const there = await run("python3", ["-c", "import venv, ensurepip"]).then(
    () => true,
    () => false,
  );
  if (there || process.getuid?.() !== 0) return;
  const command = "apt-get update && apt-get install -y --no-install-recommends python3-venv";
  process.stderr.write(`no python3 with venv found; installing Debian's: ${command}\n`);
  await run("sh", ["-c", command], { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, "127.0.0.1", done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return port;
}

async function listening(port: number, isOver: () => boolean): Promise<void> {
  for (;;) {
    if (isOver()) throw new Error("moto_server did not start");
    const there = await new Promise<boolean>((done) => {
      const socket = connect(port, "127.0.0.1", () => done(true));
      socket.on("error", () => done(false));
      socket.on("connect", () => socket.destroy());
    });
    if (there) return;
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** Starts a server with one user, who may do everything in S3 and nothing else. */
export async function startS3(): Promise<S3Server> {
  const program = await installed();
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const server = spawn(program, ["-H", "127.0.0.1", "-p", String(port)], {
    // The user is made by the first three requests; from then on every signature is checked.
    env: { ...process.env, INITIAL_NO_AUTH_ACTION_COUNT: "3" },
    stdio: "ignore",
  });
  let over = false;
  const ended = new Promise<void>((done) => server.on("close", () => ((over = true), done())));
  await listening(port, () => over);
  const ask = async (parameters: Record<string, string>): Promise<string> => {
    const authorization =
      "AWS4-HMAC-SHA256 Credential=none/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=none";
    const body = new URLSearchParams({ Version: "2010-05-08", UserName: "loader", ...parameters });
    const response = await fetch(endpoint, { method: "POST", headers: { authorization }, body });
    const text = await response.text();
    if (!response.ok) throw new Error(`moto: ${text}`);
    return text;
  };
  await ask({ Action: "CreateUser" });
  const key = await ask({ Action: "CreateAccessKey" });
  const may = { Effect: "Allow", Action: "s3:*", Resource: "*" };
  await ask({
    Action: "PutUserPolicy",
    PolicyName: "s3",
    PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [may] }),
  });
  return {
    endpoint,
    accessKeyId: /<AccessKeyId>(.*?)</.exec(key)![1]!,
    secretAccessKey: /<SecretAccessKey>(.*?)</.exec(key)![1]!,
    async stop() {
      server.kill("SIGKILL");
      await ended;
    },
  };
}

/** Makes a bucket. */
export async function makeBucket(server: S3Server, bucket: string): Promise<void> {
  const { AwsClient } = await import("aws4fetch");
  const { accessKeyId, secretAccessKey } = server;
  const client = new AwsClient({
    accessKeyId,
    secretAccessKey,
    service: "s3",
    region: "us-east-1",
    retries: 0,
  });
  const response = await client.fetch(`${server.endpoint}/${bucket}`, { method: "PUT" });
  if (!response.ok) throw new Error(`moto: ${await response.text()}`);
}
