import type { StoredSchema } from "./stored.ts";
import { compareCodePoints, hashJson, hashText } from "./hash-json.ts";

/** dlt's version hash of a schema document: base64 of SHA3-256 over the document's sorted compact JSON, without version,
 *  hashes and their history, followed by every table's name and column names in column order (tables sorted by
 *  name). So the order of columns counts, the order of tables and of hints does not
 *  (`generate_version_hash` in `dlt/common/schema/utils.py`). */
export function schemaVersionHash(schema: StoredSchema): string {
  const { version, version_hash, imported_version_hash, previous_hashes, ...content } = schema;
  void [version, version_hash, imported_version_hash, previous_hashes];
  const parts = [hashJson(content)];
  for (const name of Object.keys(schema.tables).sort(compareCodePoints)) {
    parts.push(name, ...Object.keys(schema.tables[name]!.columns));
  }
  return hashText(parts);
}
