/** The part of Deno's own interface that is used here (https://docs.deno.com/api/deno). */
export interface Deno {
  env: { get(name: string): string | undefined };
  build: { target: string };
  errors: { NotCapable: new (message: string) => Error };
  permissions: {
    querySync(wanted: Wanted): { state: State };
  };
  hostname(): string;
  readFile(path: URL): Promise<Uint8Array<ArrayBuffer>>;
  openSync(path: string, options: { read: boolean; write: boolean }): DenoFile;
}

export type Wanted =
  | { name: "read" | "write" | "ffi"; path: string | URL }
  | { name: "env"; variable: string }
  | { name: "sys"; kind: "hostname" }
  | { name: "run" };

type State = "granted" | "prompt" | "denied";

interface DenoFile {
  /** False when another holds it (flock(2)). */
  tryLockSync(exclusive: boolean): boolean;
  close(): void;
}

export const deno = (globalThis as unknown as { Deno: Deno }).Deno;

/** Never asks the person on a terminal: runlet names the flag that is missing. */
export function granted(wanted: Wanted): boolean {
  return deno.permissions.querySync(wanted).state === "granted";
}
