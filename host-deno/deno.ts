/** The part of Deno's own interface that is used here (https://docs.deno.com/api/deno). */
export interface Deno {
  env: { get(name: string): string | undefined };
  errors: { NotCapable: new () => Error };
  permissions: {
    querySync(wanted: Wanted): { state: State };
    /** Asks the person on a terminal; elsewhere as `querySync`. */
    requestSync(wanted: Wanted): { state: State };
  };
  hostname(): string;
  readFile(path: URL): Promise<Uint8Array<ArrayBuffer>>;
  openSync(path: string, options: { read: boolean; write: boolean }): DenoFile;
}

export type Wanted =
  | { name: "read" | "write"; path: string | URL }
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

export function granted(wanted: Wanted): boolean {
  return deno.permissions.querySync(wanted).state === "granted";
}
