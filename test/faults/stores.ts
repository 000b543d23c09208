import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sql from "postgres";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import type { StoreChoice } from "./shop.ts";

/** Stores of one kind, each a copy of one that has had the first load. */
export interface Stores {
  folder: string;
  /** The store to be copied. */
  base: StoreChoice;
  copy(name: string): Promise<StoreChoice>;
  stop(): Promise<void>;
}

export async function storesOf(kind: StoreChoice["kind"]): Promise<Stores> {
  const folder = mkdtempSync(join(tmpdir(), `runlet-faults-${kind}-`));
  if (kind !== "postgres") {
    const ending = kind === "parquet" ? "" : ".duckdb";
    const at = join(folder, `base${ending}`);
    return {
      folder,
      base: { kind, at },
      async copy(name) {
        const file = join(folder, `${name.replaceAll(/\W/g, "_")}${ending}`);
        cpSync(at, file, { recursive: true });
        return { kind, at: file };
      },
      stop: async () => rmSync(folder, { recursive: true, force: true }),
    };
  }
  const server: PostgresServer = await startPostgres();
  const admin = sql(server.url("postgres"), { max: 1, onnotice: () => undefined });
  await admin.unsafe("CREATE DATABASE base");
  let copies = 0;
  return {
    folder,
    base: { kind, at: server.url("base") },
    async copy() {
      const name = `copy_${++copies}`;
      await admin.unsafe(`CREATE DATABASE ${name} TEMPLATE base`);
      return { kind, at: server.url(name) };
    },
    async stop() {
      await admin.end();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
