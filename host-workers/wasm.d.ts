/** What an import of a WebAssembly file is in workerd. */
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
