import type { Dataset } from "runlet";
import type { Row } from "../app/session.ts";
import { quoted } from "../sql/names.ts";
import type { TableView } from "../tables/model.ts";
import { csvHead, csvLines } from "./csv.ts";

const PAGE = 20_000;

export async function tableAsCsv(data: Dataset, table: TableView): Promise<Blob> {
  const columns = table.columns.map(({ name }) => name);
  const parts = [csvHead(columns)];
  for (let offset = 0; ; offset += PAGE) {
    const rows = await data.query<Row>(`select * from ${quoted(table.name)} limit ${PAGE} offset ${offset}`);
    parts.push(csvLines(columns, rows));
    if (rows.length < PAGE) break;
  }
  return new Blob(parts, { type: "text/csv" });
}

export async function tableAsParquet(data: Dataset, table: TableView): Promise<Blob> {
  const [{ toParquet }, stream] = await Promise.all([
    import("runlet/parquet"),
    data.arrow(`select * from ${quoted(table.name)}`),
  ]);
  const bytes = await toParquet(stream);
  return new Blob([bytes as Uint8Array<ArrayBuffer>], { type: "application/vnd.apache.parquet" });
}
