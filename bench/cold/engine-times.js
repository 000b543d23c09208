/** Milliseconds to compile the engine's bytes, and to make an instance of what was compiled. */
export async function engineTimes(bytes) {
  const begin = performance.now();
  const module = await WebAssembly.compile(bytes);
  const compiled = performance.now();
  await instantiate(module);
  return { compile: compiled - begin, instantiate: performance.now() - compiled };
}

/** The engine asks its host for one function, which gives a handle back. */
export function instantiate(module) {
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module))
    (imports[from] ??= {})[name] = (handle) => handle;
  return WebAssembly.instantiate(module, imports);
}
