// `data.items`, `payload[*].rows`, `$.a['b.c']` as a JSON list of steps; core/pipeline/path.ts reads the same.
import { Buffer, putByte, putText } from "../core/engine/memory/buffer";
import { isText } from "../core/engine/memory/bytes";
import { putJsonString } from "../core/engine/parse/json-text";

/** Writes the path's steps; `[*]` is null, or left out where `through` says that lists are passed through. False when
 *  it is no path. */
export function putPath(out: Buffer, p: usize, n: usize, through: bool): bool {
  const end = p + n;
  putByte(out, 91);
  if (n && load<u8>(p) == 36 && (n == 1 || load<u8>(p, 1) == 46 || load<u8>(p, 1) == 91)) p++;
  let first = true;
  while (p < end) {
    if (load<u8>(p) == 46) p++;
    if (p == end) return false;
    let name = p;
    let length: usize = 0;
    let every = false;
    if (load<u8>(p) == 91) {
      const mark: u32 = p + 1 < end ? load<u8>(p, 1) : 0;
      if (mark == 39 || mark == 34) {
        name = p + 2;
        while (name + length < end && <u32>load<u8>(name + length) != mark) length++;
        p = name + length + 2;
        if (p > end || load<u8>(p - 1) != 93 || !length) return false;
      } else {
        if (end - p < 3 || mark != 42 || load<u8>(p, 2) != 93) return false;
        every = true;
        p += 3;
      }
    } else {
      while (p < end && load<u8>(p) != 46 && load<u8>(p) != 91 && load<u8>(p) != 93) p++;
      length = p - name;
      if (!length) return false;
      every = isText(name, length, "*");
    }
    if (every && through) continue;
    if (!first) putByte(out, 44);
    first = false;
    if (every) putText(out, "null");
    else putJsonString(out, name, length);
  }
  putByte(out, 93);
  return true;
}
