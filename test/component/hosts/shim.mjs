// Runs jobs of the WASI command under `@bjorn3/browser_wasi_shim`: Web standards only, for any runtime and for pages.
export async function runUnderShim(shim, bytes, jobs) {
  const { ConsoleStdout, File, OpenFile, WASI } = shim;
  const module = await WebAssembly.compile(bytes);
  const done = [];
  for (const { args, stdin } of jobs) {
    const written = [[], []];
    const sink = (index) => new ConsoleStdout((part) => void written[index].push(part.slice()));
    const input = new OpenFile(new File(Uint8Array.from(atob(stdin), (letter) => letter.charCodeAt(0))));
    const wasi = new WASI(["runlet-engine", ...args], [], [input, sink(0), sink(1)]);
    const code = wasi.start(
      await WebAssembly.instantiate(module, { wasi_snapshot_preview1: wasi.wasiImport }),
    );
    const [stdout, stderr] = written.map(joined);
    done.push({ code, stdout: base64(stdout), stderr: new TextDecoder().decode(stderr) });
  }
  return done;
}

function joined(parts) {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function base64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768)
    text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(text);
}
