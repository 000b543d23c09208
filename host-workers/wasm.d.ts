/** What an import of a WebAssembly file is in workerd. */
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

/** And in the edge runtime of Vercel and Next.js (https://vercel.com/docs/functions/wasm). */
declare module "*.wasm?module" {
  const module: WebAssembly.Module;
  export default module;
}
