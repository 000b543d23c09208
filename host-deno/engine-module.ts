import { embeddedModule } from "../core/binding/embedded-module.ts";
import { deno, granted } from "./deno.ts";

/** Compiles core.wasm where the file may be read already; asks for no permission: without it, or from an address, the
 *  bytes in the JavaScript serve. */
export async function engineModule(): Promise<WebAssembly.Module> {
  const file = new URL("../core.wasm", import.meta.url);
  if (file.protocol !== "file:") return embeddedModule();
  if (!granted({ name: "read", path: file })) return embeddedModule();
  return deno.readFile(file).then((bytes) => WebAssembly.compile(bytes), embeddedModule);
}
