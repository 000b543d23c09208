/** Compiles the engine from the bytes that are part of the package's JavaScript: for hosts that cannot read core.wasm
 *  where it lies (after a bundler, from a CDN, without permission to read files). Loaded only when asked for.
 *  Needs a host that compiles WebAssembly at run time: not workerd. */
export async function embeddedModule(): Promise<WebAssembly.Module> {
  const { coreBase64 } = await import("./core-bytes.js");
  return WebAssembly.compile(Uint8Array.from(atob(coreBase64), (character) => character.charCodeAt(0)));
}
