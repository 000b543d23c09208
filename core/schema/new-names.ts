import { RunletError } from "../errors.ts";
import { tableName } from "../pipeline/naming.ts";
import type { SchemaStep } from "./steps.ts";

/** Names that come must be ones that loads would give: rows would never get to others.
 *  @throws RunletError SCHEMA_INVALID */
export function checkNewNames(steps: readonly SchemaStep[], maxLength: number): void {
  for (const step of steps) {
    switch (step.kind) {
      case "rename-table":
        checkTable(step.to, maxLength);
        break;
      case "create-table":
        checkNames(step.table, Object.keys(step.schema.columns), maxLength);
        break;
      case "rename-column":
        checkName("column", step.to, maxLength);
        break;
      case "add-column":
        checkName("column", step.column, maxLength);
        break;
    }
  }
}

/** The same, of a table and columns of it. */
export function checkNames(table: string, columns: readonly string[], maxLength = Infinity): void {
  checkTable(table, maxLength);
  for (const column of columns) checkName("column", column, maxLength);
}

function checkTable(name: string, maxLength: number): void {
  checkName("table", name, maxLength);
  if (!/^_dlt(_|$)/.test(name)) return;
  throw new RunletError("SCHEMA_INVALID", `no table can be called ${name}: such names are dlt's own`, {
    hint: "take a name that does not begin with _dlt",
  });
}

function checkName(kind: "table" | "column", name: string, maxLength: number): void {
  const normal = tableName(name);
  if (normal !== name) {
    throw new RunletError("SCHEMA_INVALID", `no ${kind} can be called ${JSON.stringify(name)}`, {
      hint: normal ? `loads would call it ${normal}: write that` : "take a name of letters, digits and _",
    });
  }
  const { length } = new TextEncoder().encode(name);
  if (length <= maxLength) return;
  throw new RunletError("SCHEMA_INVALID", `no ${kind} can be called ${name}: it is too long`, {
    hint: `names have at most ${maxLength} bytes here`,
  });
}
