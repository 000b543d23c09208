import { deleteDatabase, exportDatabase } from "runlet/browser";
import type { Session } from "../app/session.ts";
import { addressOf, loadTo } from "../storage/saved.ts";

/** What is open as a DuckDB file. One is made in the browser's private storage, unless it is one from there. */
export async function databaseFile(open: Session): Promise<File> {
  if (open.input.kind === "saved") return exportDatabase(addressOf(open.input.name));
  const name = `take-away-${crypto.randomUUID()}`;
  try {
    await loadTo(open, name);
    return await exportDatabase(addressOf(name));
  } finally {
    await deleteDatabase(addressOf(name)).catch(() => undefined);
  }
}
