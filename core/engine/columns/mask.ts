// Masks: applied before a value is stored, logged or rejected.
import { hmacSha256 } from "../hash/sha256";
import { hex } from "../hash/hex";
import { Hint, MASK_HMAC, MASK_NULL } from "../layout/field";
import { K_TEXT } from "../layout/kinds";
import { setValue, valueLength, valueText } from "./value";

const digest: usize = memory.data(32, 16);
const text: usize = memory.data(64, 16);
const REDACTED: usize = memory.data<u8>([42, 42, 42, 0]);

/** Replaces the value at hand; false when nothing is to be stored. */
export function maskValue(hint: Hint): bool {
  if (hint.mask == MASK_NULL) return false;
  if (hint.mask == MASK_HMAC) {
    hmacSha256(hint.maskKey, hint.maskKeyLength, valueText, valueLength, digest);
    setValue(K_TEXT, text, hex(digest, 32, text));
  } else setValue(K_TEXT, REDACTED, 3);
  return true;
}
