import { pipeline, resource, setting } from "runlet";
import { pipelineCase } from "../../case.js";

const config = {
  org: setting("ORG"),
  size: setting("SIZE", 10),
  big: setting("BIG", 1n),
  deep: setting("DEEP", false),
  tags: setting("TAGS", ["none"]),
};

const rows = resource("rows", { config }, ({ config }) =>
  Object.entries(config).map(([name, value]) => ({ name, kind: typeof value, value: String(value) })),
);

export default pipelineCase({
  about:
    "Settings out of run({ env }), read as the type of their fallback; a missing one and a wrong one are typed errors.",
  make: () => pipeline("settings", rows),
  runs: [
    { env: { ORG: "duckdb", SIZE: "25", BIG: "9007199254740993", DEEP: "yes", TAGS: '["a","b"]' } },
    { env: { ORG: "only" } },
    { env: {} },
    { env: { ORG: "x", SIZE: "many" } },
  ],
});
