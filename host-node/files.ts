import { type FileHandle, open, stat, writeFile as write } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { RunletError } from "../core/errors.ts";
import { type Refill, refillable } from "../core/pipeline/refill.ts";
import { makeFolder } from "./make-folder.ts";
import type { HostFile } from "../core/host.ts";
import { glob } from "./glob.ts";

/** Bytes per read: the engine takes chunks of this size best. */
const READ_BYTES = 256 * 1024;

/** Files that a path or a glob names, sorted by path. @throws RunletError SOURCE_NOT_FOUND for a folder */
export async function files(pattern: string): Promise<HostFile[]> {
  const folder = await stat(pattern).catch(() => undefined);
  if (folder?.isDirectory()) {
    throw new RunletError("SOURCE_NOT_FOUND", `${pattern} is a folder`, {
      hint: `name the files in it: '${pattern.replace(/\/+$/, "")}/*.json' (in quotes)`,
    });
  }
  const paths = await glob(pattern);
  return Promise.all(
    paths.map(async (path) => {
      const { size, mtimeMs } = await stat(path);
      return { path, size, modified: mtimeMs, open: () => streamOf(path) };
    }),
  );
}

/** A file's bytes; undefined when there is none. */
export async function readFile(path: string): Promise<ReadableStream<Uint8Array> | undefined> {
  try {
    const file = await open(path);
    return toWeb(file.createReadStream({ highWaterMark: READ_BYTES }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw unreadable(path, error);
  }
}

/** Writes a whole file, and the folders on its way. */
export async function writeFile(path: string, bytes: Uint8Array): Promise<void> {
  try {
    makeFolder(dirname(path));
    await write(path, bytes);
  } catch (cause) {
    throw new RunletError("STORAGE_FAILED", `cannot write ${path}: ${(cause as Error).message}`, {
      hint: "check the path, its permissions and the space on the disk",
      cause,
    });
  }
}

/** A file's bytes as a stream, which runs read past: into memory of theirs. */
function streamOf(path: string): ReadableStream<Uint8Array> {
  const file = refillFrom(path);
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const into = new Uint8Array(READ_BYTES);
        const length = await file.read(into).catch(async (error: unknown) => {
          await file.close();
          throw error;
        });
        if (length > 0) controller.enqueue(into.subarray(0, length));
        else {
          await file.close();
          controller.close();
        }
      },
      cancel: () => file.close(),
    },
    { highWaterMark: 0 },
  );
  return refillable(stream, () => refillFrom(path));
}

/** Opens the file with the first read. */
function refillFrom(path: string): Refill {
  let opened: Promise<FileHandle> | undefined;
  return {
    async read(into) {
      try {
        const file = await (opened ??= open(path));
        return (await file.read(into, 0, into.byteLength, null)).bytesRead;
      } catch (error) {
        throw unreadable(path, error);
      }
    },
    async close() {
      const file = await opened?.catch(() => undefined);
      await file?.close();
    },
  };
}

/** A Node stream as a Web stream. */
export function toWeb(stream: Readable): ReadableStream<Uint8Array> {
  const parts = stream[Symbol.asyncIterator]() as AsyncIterableIterator<Uint8Array>;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await parts.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel() {
        stream.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}

function unreadable(path: string, cause: unknown): RunletError {
  return new RunletError("SOURCE_FAILED", `cannot read ${path}: ${(cause as Error).message}`, {
    hint: "check its permissions",
    cause,
  });
}
