import type { Destination } from "../../core/destinations/contract.ts";
import { RunletError } from "../../core/errors.ts";

/** The datasets at a destination, the latest made first. */
export async function datasetsAt(destination: Destination): Promise<string[]> {
  const session = await destination.open({ dataset: "main", existing: true });
  try {
    return await session.datasets();
  } finally {
    await session.close();
  }
}

/** The dataset that was asked for, or the only one; undefined when there are several or none.
 *  @throws RunletError USAGE when there is no dataset of that name */
export function chosen(
  all: readonly string[],
  asked: string | undefined,
  address: string,
): string | undefined {
  if (asked === undefined) return all.length === 1 ? all[0] : undefined;
  if (all.includes(asked)) return asked;
  const hint = all.length ? `it has: ${all.join(", ")}` : "nothing was loaded into it by runlet or dlt";
  throw new RunletError("USAGE", `${address} has no dataset ${asked}`, { hint });
}
