/** The part of Deno's own interface that is used here (https://docs.deno.com/api/deno). */
export interface Deno {
  env: { get(name: string): string | undefined };
  errors: { NotCapable: new () => Error };
  permissions: { querySync(wanted: { name: "read"; path: URL }): { state: "granted" | "prompt" | "denied" } };
  readFile(path: URL): Promise<Uint8Array<ArrayBuffer>>;
}

export const deno = (globalThis as unknown as { Deno: Deno }).Deno;
