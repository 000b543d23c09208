import { RunletError } from "../errors.ts";
import { host } from "../host.ts";
import type { Folder } from "./folder.ts";

/** A folder of the file system, made when something is stored in it. */
export function disk(path: string): Folder {
  if (typeof path !== "string" || path === "") {
    throw new RunletError("CONFIG_INVALID", "disk() needs the path of a folder");
  }
  return {
    at: path,
    relative: !/^([\\/]|[a-z]:)/i.test(path),
    async open({ existing }) {
      const { disk: openDisk, name } = host();
      if (!openDisk) {
        throw new RunletError("CONFIG_INVALID", `${name} has no disk for ${path}`, {
          hint: "store in a bucket: s3() or r2()",
        });
      }
      return openDisk(path, { existing: existing ?? false });
    },
  };
}
