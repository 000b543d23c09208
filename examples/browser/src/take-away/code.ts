import type { Session } from "../app/session.ts";
import { distinct, tableNameOf } from "../land/input.ts";
import { sampleOf } from "../land/samples.ts";

/** One thing that a pipeline reads: an address, or a file whose place only its owner knows. */
interface Part {
  readonly table: string;
  readonly from: { readonly url: string } | { readonly file: string };
}

function partsOf(open: Session): Part[] {
  const { input } = open;
  if (input.kind === "url") return [{ table: tableNameOf(open.title), from: { url: input.url } }];
  const sample = input.kind === "sample" ? sampleOf(input.id) : undefined;
  if (sample) {
    return [{ table: tableNameOf(sample.file), from: { url: new URL(sample.url, document.baseURI).href } }];
  }
  const names = input.kind === "files" ? input.files.map(({ name }) => name) : [open.title];
  const tables = distinct(names.map(tableNameOf));
  return names.map((name, index) => ({ table: tables[index]!, from: { file: name } }));
}

function variable(table: string): string {
  const camel = table.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return /^[A-Za-z]/.test(camel) &&
    !/^(default|pipeline|files|resource|class|new|import|export|in|for|if)$/.test(camel)
    ? camel
    : `${camel}Data`;
}

/** The pipeline that does what the page did, as TypeScript. */
export function pipelineCode(open: Session): string {
  const parts = partsOf(open);
  const urls = parts.some(({ from }) => "url" in from);
  const local = parts.some(({ from }) => "file" in from);
  const imports = [local ? "files" : "", "pipeline", urls ? "resource" : ""].filter(Boolean).join(", ");
  const bodies = parts.map(({ table, from }) =>
    "url" in from
      ? `const ${variable(table)} = resource("${table}", { write: "replace" }, ({ http }) =>\n  http.get(${JSON.stringify(from.url)}),\n);`
      : `const ${variable(table)} = files("${table}", { from: ${JSON.stringify(from.file)}, write: "replace" });`,
  );
  return `// pipeline.ts
import { ${imports} } from "runlet";

${bodies.join("\n")}

export default pipeline("${open.dataset}", [${parts.map(({ table }) => variable(table)).join(", ")}]);

// npx runlet run pipeline.ts --to duckdb:${open.dataset}.duckdb
`;
}

/** The command that does what the page did. */
export function cliLine(open: Session): string {
  const parts = partsOf(open);
  const skip = open.rejects.value > 0 ? " --on-bad-record quarantine" : "";
  return parts
    .map(({ table, from }) => {
      const source = "url" in from ? from.url : from.file;
      return `npx runlet load "${source.replace(/["$\x60\\]/g, "\\$&")}" --table ${table}${skip} --to duckdb:${open.dataset}.duckdb`;
    })
    .join("\n");
}

/** The same as a Cloudflare Worker, loading to Parquet on R2 every hour. */
export function workerCode(open: Session): string {
  const parts = partsOf(open);
  const bodies = parts.map(({ table, from }) => {
    const url = "url" in from ? from.url : `https://example.org/${from.file}`;
    return `const ${variable(table)} = resource("${table}", { write: "replace" }, ({ http }) =>\n  http.get(${JSON.stringify(url)}),\n);`;
  });
  return `// worker.ts: with a cron trigger and an R2 bucket called LAKE in wrangler.jsonc
import { pipeline, resource } from "runlet";
import { parquet, r2 } from "runlet/parquet";
import { worker } from "runlet/workers";

${bodies.join("\n")}

export default worker(pipeline("${open.dataset}", [${parts.map(({ table }) => variable(table)).join(", ")}]), {
  to: (env: { LAKE: R2Bucket }) => parquet(r2(env.LAKE)),
});
`;
}
