import type { Session } from "../app/session.ts";
import { distinct, tableNameOf } from "../land/input.ts";
import { sampleOf } from "../land/samples.ts";
import { shellWord } from "./shell-word.ts";

/** One thing that a pipeline reads: an address, or a file whose place only its owner knows. */
interface Part {
  readonly table: string;
  /** What the code calls it. */
  readonly variable: string;
  readonly from: { readonly url: string } | { readonly file: string };
}

function partsOf(open: Session): Part[] {
  const places = placesOf(open);
  const tables = distinct(places.map(({ name }) => tableNameOf(name)));
  const variables = distinct(tables.map(variableOf));
  return places.map(({ from }, index) => ({ table: tables[index]!, variable: variables[index]!, from }));
}

function placesOf({ input, title }: Session): { name: string; from: Part["from"] }[] {
  if (input.kind === "url") return [{ name: title, from: { url: input.url } }];
  const sample = input.kind === "sample" ? sampleOf(input.id) : undefined;
  if (sample) return [{ name: sample.file, from: { url: new URL(sample.url, document.baseURI).href } }];
  const names = input.kind === "files" ? input.files.map(({ name }) => name) : [title];
  return names.map((name) => ({ name, from: { file: name } }));
}

/** Words that a module cannot call a constant, and the names that the code below imports. */
const TAKEN = new Set(
  `arguments await break case catch class const continue debugger default delete do else enum eval export extends false
   finally for function if implements import in instanceof interface let new null package private protected public return
   static super switch this throw true try typeof var void while with yield
   files parquet pipeline r2 resource worker`
    .split(/\s+/)
    .filter(Boolean),
);

function variableOf(table: string): string {
  const name = table.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return TAKEN.has(name) ? `${name}Data` : name;
}

/** The pipeline that does what the page did, as TypeScript. */
export function pipelineCode(open: Session): string {
  const parts = partsOf(open);
  const urls = parts.some(({ from }) => "url" in from);
  const local = parts.some(({ from }) => "file" in from);
  const imports = [local ? "files" : "", "pipeline", urls ? "resource" : ""].filter(Boolean).join(", ");
  const bodies = parts.map(({ table, variable, from }) =>
    "url" in from
      ? `const ${variable} = resource("${table}", { write: "replace" }, ({ http }) =>\n  http.get(${JSON.stringify(from.url)}),\n);`
      : `const ${variable} = files("${table}", { from: ${JSON.stringify(from.file)}, write: "replace" });`,
  );
  return `// pipeline.ts
import { ${imports} } from "runlet";

${bodies.join("\n")}

export default pipeline("${open.dataset}", [${parts.map(({ variable }) => variable).join(", ")}]);

// npx runlet run pipeline.ts --to duckdb:${open.dataset}.duckdb
${open.rejects.value > 0 ? `// Bad records are set aside where it is run by code: normalise: { onBadRecord: "quarantine" }\n` : ""}`;
}

/** The command that does what the page did. */
export function cliLine(open: Session): string {
  const parts = partsOf(open);
  const skip = open.rejects.value > 0 ? " --on-bad-record quarantine" : "";
  return parts
    .map(({ table, from }) => {
      const source = "url" in from ? from.url : from.file;
      return `npx runlet load ${shellWord(source)} --table ${table}${skip} --to duckdb:${open.dataset}.duckdb`;
    })
    .join("\n");
}

/** The same as a Cloudflare Worker, loading to Parquet on R2 every hour. */
export function workerCode(open: Session): string {
  const parts = partsOf(open);
  const bodies = parts.map(({ table, variable, from }) => {
    const url = "url" in from ? from.url : `https://example.org/${encodeURIComponent(from.file)}`;
    return `const ${variable} = resource("${table}", { write: "replace" }, ({ http }) =>\n  http.get(${JSON.stringify(url)}),\n);`;
  });
  return `// worker.ts: with a cron trigger and an R2 bucket called LAKE in wrangler.jsonc
import { pipeline, resource } from "runlet";
import { parquet, r2 } from "runlet/parquet";
import { worker } from "runlet/workers";

${bodies.join("\n")}

export default worker(pipeline("${open.dataset}", [${parts.map(({ variable }) => variable).join(", ")}]), {
  to: (env: { LAKE: R2Bucket }) => parquet(r2(env.LAKE)),
});
`;
}
