const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Name and contents of the entries of a tar archive (POSIX ustar and pax), in order. @throws Error on what `tar` would
 *  refuse, a missing end of the archive included */
export function readTar(archive: Uint8Array): Map<string, Uint8Array> {
  const entries = new Map<string, Uint8Array>();
  let longName: string | undefined;
  let at = 0;
  for (; at < archive.length && archive[at] !== 0;) {
    const header = archive.subarray(at, at + 512);
    checkSum(header);
    const size = Number.parseInt(text(header.subarray(124, 135)), 8);
    const contents = archive.subarray(at + 512, at + 512 + size);
    const type = String.fromCharCode(header[156]!);
    if (type === "x") longName = /^\d+ path=(.*)\n$/s.exec(text(contents))![1];
    else {
      const end = header.indexOf(0);
      const name = longName ?? text(header.subarray(0, Math.min(end, 100)));
      if (entries.has(name)) throw new Error(`${name} stands twice in the archive`);
      entries.set(name, contents);
      longName = undefined;
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
  const end = archive.subarray(at);
  if (end.length !== 1024 || end.some((byte) => byte !== 0)) throw new Error("the archive has no end");
  return entries;
}

function checkSum(header: Uint8Array): void {
  const stated = Number.parseInt(text(header.subarray(148, 154)), 8);
  const sum = header.reduce((all, byte, index) => all + (index >= 148 && index < 156 ? 32 : byte), 0);
  if (sum !== stated) throw new Error(`checksum ${sum}, stated ${stated}`);
}
