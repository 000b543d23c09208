import { RunletError } from "../errors.ts";
import type { Mode } from "./options.ts";

export const ENTITIES = ["tables", "columns", "data_type"] as const;
export const MODES: readonly Mode[] = ["evolve", "freeze", "discard_row", "discard_value"];

/** @throws RunletError PIPELINE_INVALID when it is no contract */
export function checkContract(contract: unknown, of: string): void {
  if (contract === undefined) return;
  const invalid = (message: string, hint: string) =>
    new RunletError("PIPELINE_INVALID", `${of}: ${message}`, { hint });
  const modes = MODES.map((mode) => `"${mode}"`).join(", ");
  if (typeof contract !== "object" || contract === null) {
    if (!MODES.includes(contract as Mode))
      throw invalid(`contract ${JSON.stringify(contract)} is no mode`, `there are ${modes}`);
    return;
  }
  for (const [entity, mode] of Object.entries(contract)) {
    if (!ENTITIES.includes(entity as (typeof ENTITIES)[number]))
      throw invalid(`a contract has no entity "${entity}"`, `it has ${ENTITIES.join(", ")}`);
    if (mode !== undefined && !MODES.includes(mode as Mode))
      throw invalid(`contract ${entity}: ${JSON.stringify(mode)} is no mode`, `there are ${modes}`);
  }
}
