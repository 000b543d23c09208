import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { asRunletError } from "../../../core/errors.ts";
import { exportSchema } from "../../../core/schema/exchange.ts";
import { schemaText } from "./file.ts";
import { datasetAt } from "./place.ts";

export interface ExportOptions {
  dataset?: string;
  schema?: string;
  format: "yaml" | "json";
}

/** Writes the schema document as dlt writes it to `export_schema_path`. */
export async function exportTo(of: string, file: string | undefined, options: ExportOptions): Promise<void> {
  const { dataset } = await datasetAt(of, options.dataset);
  const schema = await dataset.schema(options.schema);
  const text = schemaText(exportSchema(schema), options.format);
  if (file === undefined) return void process.stdout.write(text);
  const isFolder = await stat(file).then(
    (found) => found.isDirectory(),
    () => /[\\/]$/.test(file),
  );
  const path = isFolder ? join(file, `${schema.name}.schema.${options.format}`) : file;
  try {
    await writeFile(path, text);
  } catch (error) {
    throw asRunletError(error, "STORAGE_FAILED");
  }
  process.stdout.write(`✔ schema ${schema.name}, version ${schema.version} → ${path}\n`);
}
