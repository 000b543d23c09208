import { expect, test } from "vitest";
import { duckdb } from "../../core/destinations/duckdb/index.ts";
import "../../host-node/index.ts";

test.each(["native", "wasm"] as const)(
  "the memory limit is DuckDB's (%s), and does not outlive its database",
  async (driver) => {
    const limit = async (memoryLimit?: string) => {
      const to = duckdb(":memory:", { driver, ...(memoryLimit ? { memoryLimit } : {}) });
      const session = await to.open({ dataset: "d" });
      const [row] = await session.query<{ limit: string }>("select current_setting('memory_limit') as limit");
      await session.close();
      await to.close();
      return row!.limit;
    };
    expect(await limit("256MB")).toBe("244.1 MiB");
    expect(await limit()).not.toBe("244.1 MiB");
  },
);
