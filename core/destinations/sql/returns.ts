import type { CommitFacts } from "../contract.ts";

/** Whether a load changes the schema, maybe back to what it was before: the row of that version must be the newest again. */
export function returns({ basedOn, schemaVersionHash }: CommitFacts): boolean {
  const before = basedOn?.schemaVersionHash;
  return before !== undefined && before !== schemaVersionHash;
}
