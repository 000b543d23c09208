/** dlt's shortening of names (dlt/common/normalizers/naming/naming.py, `shorten_identifier`). */
import { base64 } from "../hash/base64";
import { shake128 } from "../hash/shake128";

/** A tag is four bytes of SHAKE128 in base64 without padding. */
const TAG_LENGTH: u32 = 6;
const digest: usize = memory.data(8, 8);
const tag: usize = memory.data(8, 8);

/**
 * Writes the name at `dst`, cut to `maxLen` code points, and returns its bytes. A longer name keeps its first
 * ceil((maxLen - 6) / 2) and last floor((maxLen - 6) / 2) code points around a tag made from `tagSrc`. Nothing else
 * is repaired: a cut next to an underscore may leave doubled or trailing ones, as in dlt. `dst` may be `name`;
 * `maxLen` 0 means no limit, otherwise it must be 6 or more.
 */
export function shorten(name: usize, n: u32, tagSrc: usize, tagLen: u32, maxLen: u32, dst: usize): u32 {
  if (maxLen == 0 || n <= maxLen || countCodePoints(name, n) <= maxLen) {
    if (dst != name) memory.copy(dst, name, n);
    return n;
  }
  makeTag(tagSrc, tagLen);
  const rest = maxLen - TAG_LENGTH;
  const end = name + n;
  let head = name;
  for (let i: u32 = (rest + 1) >> 1; i; i--) {
    head++;
    while (head < end && (load<u8>(head) & 0xc0) == 0x80) head++;
  }
  let last = end;
  for (let i: u32 = rest >> 1; i; i--) {
    last--;
    while (last > name && (load<u8>(last) & 0xc0) == 0x80) last--;
  }
  const headBytes = head - name;
  const lastBytes = end - last;
  // The end moves first: in place, the tag would cover it where the cut is short.
  memory.copy(dst + headBytes + TAG_LENGTH, last, lastBytes);
  if (dst != name) memory.copy(dst, name, headBytes);
  store<u32>(dst + headBytes, load<u32>(tag));
  store<u16>(dst + headBytes, load<u16>(tag, 4), 4);
  return <u32>(headBytes + TAG_LENGTH + lastBytes);
}

function countCodePoints(p: usize, n: u32): u32 {
  let count: u32 = 0;
  for (const end = p + n; p < end; p++) count += u32((load<u8>(p) & 0xc0) != 0x80);
  return count;
}

/** Fills `tag`: `/` becomes a, `+` becomes b, letters lower case. */
function makeTag(src: usize, n: u32): void {
  shake128(src, n, digest, 4);
  base64(digest, 4, tag);
  for (let i: usize = 0; i < TAG_LENGTH; i++) {
    const c = load<u8>(tag + i);
    if (c == 47) store<u8>(tag + i, 97);
    else if (c == 43) store<u8>(tag + i, 98);
    else if (c >= 65 && c <= 90) store<u8>(tag + i, c + 32);
  }
}
