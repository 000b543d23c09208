import { RunletError } from "../errors.ts";
import type { Json } from "../json.ts";
import type { Node } from "./plan.ts";

/** Types that JSON lacks, which dlt's state has as text behind one character, from U+F026 on (`custom_pua_encode` in
 *  dlt/common/json/__init__.py). */
const TYPES = ["decimal", "datetime", "date", "UUID", "bytes", "bytes", "wei", "time"];
const FIRST = 0xf026;

/** Refuses to go on from a value of Python's own types: what records say of it is text, of a form that nothing tells, so
 *  that records would be lost or come twice. @throws RunletError CURSOR_INVALID */
export function refuseMarked(value: Json, node: Node, path: string): void {
  const type = typeof value === "string" ? TYPES[value.charCodeAt(0) - FIRST] : undefined;
  if (type === undefined) return;
  throw new RunletError(
    "CURSOR_INVALID",
    `dlt has kept the cursor ${path} of ${node.name} as a Python ${type}, ${(value as string).slice(1)}: the data has no such values, but texts or numbers`,
    {
      where: { source: node.source, resource: node.name },
      hint: "nothing was read: let dlt's resource yield texts or numbers there, from a new cursor on; or begin anew with refresh",
    },
  );
}
