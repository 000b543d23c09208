import { RunletError } from "../errors.ts";
import { type Folder, type FolderItem, type OpenFolder, prefixOf } from "./folder.ts";
import { sameBytes } from "./same-bytes.ts";

/** The part of Cloudflare's `R2Bucket` that is used (https://developers.cloudflare.com/r2/api/workers/workers-api-reference/). */
export interface R2BucketLike {
  get(key: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null>;
  put(key: string, value: Uint8Array, options?: { onlyIf?: { etagDoesNotMatch?: string } }): Promise<unknown>;
  delete(key: string | string[]): Promise<void>;
  list(options?: {
    prefix?: string;
    cursor?: string;
    delimiter?: string;
    limit?: number;
  }): Promise<R2ListLike>;
}

export interface R2ListLike {
  objects: readonly { key: string; size: number; uploaded: Date }[];
  delimitedPrefixes?: readonly string[];
  truncated: boolean;
  cursor?: string;
}

/** Attempts at one operation: R2 answers some requests with an internal error, or that there are too many. */
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 100;

/** An R2 bucket, or the part of it below `prefix`: the binding itself, or its name, which is then found in
 *  `run({ env })`. */
export function r2(bucket: R2BucketLike | string, prefix = ""): Folder {
  const below = prefixOf(prefix);
  const name = typeof bucket === "string" ? bucket : "";
  return {
    at: `r2:${[name, below.slice(0, -1)].filter((part) => part !== "").join("/")}`,
    open({ binding }) {
      const found = typeof bucket === "string" ? binding?.(bucket) : bucket;
      if (isBucket(found)) return Promise.resolve(openBucket(found, below, name || "the bucket"));
      return Promise.reject(
        new RunletError(
          found === undefined ? "CONFIG_MISSING" : "CONFIG_INVALID",
          found === undefined ? `the R2 binding ${name} is not set` : `${name || "r2()"} is no R2 bucket`,
          {
            hint: `bind a bucket: "r2_buckets": [{ "binding": "${name || "LAKE"}", "bucket_name": "…" }] in wrangler.jsonc, and pass run({ env })`,
          },
        ),
      );
    },
  };
}

function isBucket(thing: unknown): thing is R2BucketLike {
  const methods = ["get", "put", "delete", "list"] as const;
  return (
    typeof thing === "object" &&
    thing !== null &&
    methods.every((method) => typeof (thing as Partial<R2BucketLike>)[method] === "function")
  );
}

function openBucket(bucket: R2BucketLike, below: string, label: string): OpenFolder {
  const guarded = async <T>(doing: string, work: () => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (cause) {
        const message = cause instanceof Error ? cause.message : String(cause);
        if (attempt < ATTEMPTS && isPassing(message)) {
          await new Promise((done) => setTimeout(done, FIRST_PAUSE_MS * 4 ** (attempt - 1)));
          continue;
        }
        throw new RunletError("DESTINATION_FAILED", `cannot ${doing} ${label} (R2): ${message}`, {
          hint: "run again; if it stays so, check the bucket and its binding",
          cause,
        });
      }
    }
  };
  const pages = async (prefix: string, delimiter: string | undefined) => {
    const found: R2ListLike[] = [];
    let cursor: string | undefined;
    do {
      const page = await guarded(`list ${below}${prefix} in`, () =>
        bucket.list({
          prefix: below + prefix,
          ...(delimiter === undefined ? {} : { delimiter }),
          ...(cursor === undefined ? {} : { cursor }),
        }),
      );
      found.push(page);
      cursor = page.truncated ? page.cursor : undefined;
    } while (cursor !== undefined);
    return found;
  };
  return {
    async put(name, bytes, { ifAbsent = false } = {}) {
      const key = below + name;
      // `*` matches every object: the condition holds where there is none. R2 answers null where it does not.
      const options = ifAbsent ? { onlyIf: { etagDoesNotMatch: "*" } } : undefined;
      if ((await guarded(`write ${key} to`, () => bucket.put(key, bytes, options))) !== null) return true;
      // A write that is repeated may meet what its first attempt stored: that counts as stored.
      return sameBytes(await this.get(name), bytes);
    },
    async get(name) {
      const bytes = await guarded(`read ${below}${name} from`, async () =>
        (await bucket.get(below + name))?.arrayBuffer(),
      );
      return bytes && new Uint8Array(bytes);
    },
    async list(prefix) {
      const items = (await pages(prefix, undefined)).flatMap(({ objects }) =>
        objects.map(({ key, size, uploaded }): FolderItem => ({
          name: key.slice(below.length),
          bytes: size,
          modified: uploaded.getTime(),
        })),
      );
      return items.sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    async folders(prefix) {
      const found = (await pages(prefix, "/")).flatMap(({ delimitedPrefixes }) => delimitedPrefixes ?? []);
      return found.map((name) => name.slice(below.length + prefix.length, -1)).sort();
    },
    remove: (name) => guarded(`remove ${below}${name} from`, () => bucket.delete(below + name)),
  };
}

/** Errors that say to try again (https://developers.cloudflare.com/r2/api/error-codes/): internal error, timeouts,
 *  unavailable, too many requests. */
function isPassing(message: string): boolean {
  return /\((10001|10043|10054|10058)\)|internal error|network|timed? ?out|too many requests|rate limit/i.test(
    message,
  );
}
