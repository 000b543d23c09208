// Strings into text columns: 48 bytes a step, copied while they are searched for the end.
import { Field } from "../layout/field";
import { growValues } from "../columns/storage";
import { E_ESCAPE, E_STRING, fail } from "../scan/failure";
import { ESCAPE } from "../scan/constants";
import { cursor, specialBytes, unescape } from "../scan/text";
import { advance } from "./advance";

/** p after the opening quote, c a text column. Returns the position after the closing quote, 0 on failure. */
@inline
export function putString(p: usize, c: Field, row: u32): usize {
  if (c.len != row && !advance(p, c, row)) return 0;
  let d = c.dataPos;
  let s = p;
  let limit = c.dataEnd;
  while (true) {
    if (d > limit) {
      c.dataPos = d;
      growValues(c, 64);
      d = c.dataPos;
      limit = c.dataEnd;
    }
    const v = v128.load(s);
    v128.store(d, v);
    const m = specialBytes(v);
    if (m) {
      const k = <usize>ctz(m);
      s += k;
      d += k;
    } else {
      const v1 = v128.load(s, 16);
      const v2 = v128.load(s, 32);
      const v3 = v128.load(s, 48);
      v128.store(d, v1, 16);
      v128.store(d, v2, 32);
      v128.store(d, v3, 48);
      const m2 =
        (<u64>(<u32>(specialBytes(v1) | (specialBytes(v2) << 16)))) | ((<u64>(<u32>specialBytes(v3))) << 32);
      if (!m2) {
        s += 64;
        d += 64;
        continue;
      }
      const k = <usize>ctz<u64>(m2) + 16;
      s += k;
      d += k;
    }
    const c0: u32 = load<u8>(s);
    if (c0 == 34) break;
    if (c0 != 92) return fail(s, E_STRING);
    const one: u32 = load<u8>(ESCAPE + <usize>load<u8>(s, 1));
    if (one) {
      store<u8>(d, one);
      d++;
      s += 2;
      continue;
    }
    d = unescape(s, d);
    if (!d) return fail(s, E_ESCAPE);
    s = cursor;
  }
  c.dataPos = d;
  store<u32>(c.offsets + ((<usize>row + 1) << 2), <u32>(d - c.data));
  c.len = row + 1;
  return s + 1;
}
