// Runs in a project that has installed the package and no driver, in every runtime: plain JavaScript that imports `runlet`
// as users do.
import { memory, pipeline, resource, RunletError, secret } from "runlet";

/** What these modules export, and how a small pipeline fares with them. */
export async function check(modules) {
  const store = memory();
  const orders = resource("orders", { primaryKey: "id" }, () => [
    { id: 1, lines: [{ sku: "a", quantity: 9007199254740993n }] },
    { id: 2, lines: [] },
  ]);
  const info = await pipeline("shop", orders).run({ to: store });
  return {
    exported: Object.fromEntries(Object.entries(modules).map(([name, module]) => [name, names(module)])),
    rows: Object.fromEntries(Object.entries(info.tables).map(([name, { rows }]) => [name, rows])),
    quantity: String(store.tables().orders__lines[0].quantity),
    errors: await errors(orders, modules),
    ...(modules["runlet/serve"] ? { served: await served(orders, modules["runlet/serve"]) } : {}),
  };
}

const names = (module) => Object.keys(module).sort();

/** How a destination without its driver ends: an error of the very class that "runlet" exports. */
async function errors(orders, { "runlet/postgres": postgres, "runlet/duckdb": duckdb }) {
  const stores = [
    ...(postgres ? [postgres.postgres("postgres://127.0.0.1:1/none")] : []),
    ...(duckdb ? [duckdb.duckdb(":memory:")] : []),
  ];
  const found = [];
  for (const to of stores) {
    const error = await pipeline("shop", orders)
      .run({ to })
      .catch((thrown) => thrown);
    found.push(error instanceof RunletError ? error.code : `another class: ${String(error)}`);
  }
  return found;
}

/** The host that "runlet" installed is the one that another entry runs with. */
async function served(orders, { serve }) {
  const handler = serve(pipeline("served", orders), { to: memory(), env: { RUNLET_TOKEN: "token" } });
  const request = new Request("http://localhost/run", {
    method: "POST",
    headers: { authorization: "Bearer token" },
  });
  return (await handler(request)).status;
}

export const lazy = secret("NEVER_ASKED");
