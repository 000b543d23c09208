import { signal } from "@preact/signals";
import type { Shared } from "./link.ts";

/** A question that came with a link, for a file that only its sender has: it waits for one of the person's own. */
export const waitingFor = signal<Shared | undefined>(undefined);
