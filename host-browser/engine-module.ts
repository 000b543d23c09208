import { embeddedModule } from "../core/binding/embedded-module.ts";

/** Compiles core.wasm while it is downloaded. Bundlers leave it behind, a server may answer with a page or another
 *  type, a content security policy may forbid the request: then the bytes in the JavaScript serve. */
export async function engineModule(): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compileStreaming(fetch(new URL("../core.wasm", import.meta.url)));
  } catch {
    return embeddedModule();
  }
}
