import { RunletError } from "../../errors.ts";
import { hex } from "../../hex.ts";
import type { Destination } from "../contract.ts";

/** What came for a table. */
export interface Digest {
  /** Arrow IPC streams written. */
  streams: number;
  bytes: number;
  /** Hex SHA-256, chained: of the digest so far followed by the SHA-256 of the stream. */
  sha256: string;
}

export interface NullDestination extends Destination {
  readonly kind: "null";
  /** Per table, of the last committed load, sorted by name. */
  digests(): Record<string, Digest>;
}

/** Takes everything and keeps nothing but digests: measures the way there, and shows that two runtimes load the same
 *  bytes. */
export function nullDestination(): NullDestination {
  let last: Record<string, Digest> = {};
  const nothing = async (): Promise<never> => {
    throw new RunletError("DESTINATION_QUERY", "the null destination keeps no rows", {
      hint: "load to duckdb() to query",
    });
  };
  return {
    kind: "null",
    address: "null",
    ephemeral: true,
    capabilities: {
      maxIdentifierLength: 65_536,
      atomicity: "package",
      dispositions: ["append", "replace", "merge"],
      // Digests gain nothing by larger ones, which would be most of what the way here holds.
      preferredStreamBytes: 2 * 1024 * 1024,
    },
    digests: () => last,
    async open() {
      return {
        restore: async () => ({}),
        hasLoad: async () => false,
        datasets: async () => [],
        async begin() {
          const digests = new Map<string, Digest>();
          return {
            borrows: true,
            prepare: async () => undefined,
            async write(table, stream) {
              const before = digests.get(table);
              const chained = new Uint8Array(64);
              if (before) chained.set(unhex(before.sha256));
              chained.set(await sha256(stream), 32);
              digests.set(table, {
                streams: (before?.streams ?? 0) + 1,
                bytes: (before?.bytes ?? 0) + stream.byteLength,
                sha256: hex(await sha256(chained)),
              });
            },
            widen: async () => false,
            async commit() {
              last = Object.fromEntries([...digests].sort(([a], [b]) => (a < b ? -1 : 1)));
            },
            rollback: async () => undefined,
          };
        },
        query: nothing,
        arrow: nothing,
        close: async () => undefined,
      };
    },
  };
}

async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
}

function unhex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
