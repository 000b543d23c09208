import { land } from "../land/land.ts";
import { SAMPLES } from "../land/samples.ts";
import { sharedIn, type Shared } from "../share/link.ts";
import { waitingFor } from "../share/waiting.ts";

/** Opens what the link names; without one, the first sample, so that the page shows what it does. */
export function start(): void {
  const shared = sharedIn(location.hash);
  if (shared) openShared(shared);
  else void land({ kind: "sample", id: SAMPLES[0]!.id });
  addEventListener("hashchange", () => {
    const other = sharedIn(location.hash);
    if (other) openShared(other);
  });
}

function openShared({ input, sql, chart, ownFile }: Shared): void {
  waitingFor.value = input ? undefined : { input, sql, chart, ownFile };
  if (input) void land(input, { sql, chart });
}
