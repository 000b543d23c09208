// Reads a file as buffers that end at a line end.
import { closeSync, openSync, readSync } from "node:fs";

export function eachBlock(path, size, use) {
  const file = openSync(path);
  const buffer = Buffer.allocUnsafe(size);
  let held = 0;
  for (;;) {
    const read = readSync(file, buffer, held, size - held, null);
    const end = held + read;
    const cut = read === 0 ? end : buffer.lastIndexOf(10, end - 1) + 1;
    if (cut > 0) use(buffer.subarray(0, cut));
    if (read === 0) break;
    buffer.copyWithin(0, cut, end);
    held = end - cut;
  }
  closeSync(file);
}

export function eachLine(path, use) {
  eachBlock(path, 1 << 20, (block) => {
    for (let at = 0; at < block.length;) {
      let end = block.indexOf(10, at);
      if (end < 0) end = block.length;
      if (end > at) use(block.utf8Slice(at, end));
      at = end + 1;
    }
  });
}
