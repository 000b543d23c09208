import type { Destination } from "../../../core/destinations/contract.ts";
import { RunletError } from "../../../core/errors.ts";
import type { Tables } from "../../../core/schema/types.ts";
import { placeOf } from "./place.ts";

export interface ShowOptions {
  dataset?: string;
  format: "tree" | "json" | "yaml";
}

/** The schema documents of one dataset. */
interface Described {
  dataset: string;
  documents: { name: string; tables: Tables }[];
  rows: Record<string, number>;
}

/** Prints what was loaded: tables as a tree, or the schema documents. */
export async function showSchema(of: string, options: ShowOptions): Promise<void> {
  const { destination } = await placeOf(of);
  const opened = await destination.open({ dataset: "main", existing: true });
  try {
    const { chosen, datasetsAt } = await import("../dataset-choice.ts");
    const all = await datasetsAt(destination);
    const one = chosen(all, options.dataset, destination.address);
    const datasets = one === undefined ? [...all].sort() : [one];
    if (datasets.length === 0) {
      throw new RunletError("SCHEMA_INVALID", `${destination.address} has no dataset of runlet or dlt`, {
        hint: "load something first; other tables are there for runlet query",
      });
    }
    const described = [];
    for (const dataset of datasets)
      described.push(await describe(destination, dataset, options.format === "tree"));
    await print(described, destination.address, options.format);
  } finally {
    await opened.close();
  }
}

async function describe(destination: Destination, dataset: string, counts: boolean): Promise<Described> {
  const { seenTables } = await import("../../../core/schema/document.ts");
  const { quoteName } = await import("../../../core/destinations/sql/quote.ts");
  const session = await destination.open({ dataset, existing: true });
  try {
    const names = await session.query<{ name: string }>(
      `select distinct schema_name as name from _dlt_version order by schema_name`,
    );
    const documents = [];
    for (const { name } of names) {
      const { schema: document } = await session.restore("", name);
      documents.push(document as unknown as { name: string; tables: Tables });
    }
    const rows: Record<string, number> = {};
    if (counts) {
      const complete = documents.flatMap(({ tables }) => Object.values(seenTables(tables)));
      const existing = complete.filter(({ columns }) =>
        Object.values(columns).some((column) => column.data_type),
      );
      const each = existing.map(
        (table, at) => `select ${at} as at, count(*) as n from ${quoteName(table.name)}`,
      );
      const counted = each.length
        ? await session.query<{ at: number; n: number }>(each.join(" union all "))
        : [];
      for (const { at, n } of counted) rows[existing[Number(at)]!.name] = Number(n);
    }
    return { dataset, documents, rows };
  } finally {
    await session.close();
  }
}

async function print(all: Described[], address: string, format: ShowOptions["format"]): Promise<void> {
  if (format !== "tree") {
    const documents = all.flatMap((each) => each.documents);
    if (format === "json") {
      const { stringifyExact } = await import("../../../core/schema/exact-json.ts");
      process.stdout.write(`${stringifyExact(documents.length === 1 ? documents[0] : documents)}\n`);
    } else {
      const { stringify } = await import("yaml");
      process.stdout.write(
        documents.map((document) => stringify(document, { aliasDuplicateObjects: false })).join("---\n"),
      );
    }
    return;
  }
  const [{ schemaTree }, { painted }, { stdoutColours }] = await Promise.all([
    import("../../../core/schema/tree.ts"),
    import("../load-result.ts"),
    import("../colours.ts"),
  ]);
  const c = stdoutColours();
  for (const { dataset, documents, rows } of all) {
    process.stdout.write(`${c.bold(`${address}, dataset ${dataset}`)}\n`);
    for (const { tables } of documents) {
      process.stdout.write(
        schemaTree(tables, { rows })
          .map((line) => `${painted(`  ${line}`)}\n`)
          .join(""),
      );
    }
  }
}
