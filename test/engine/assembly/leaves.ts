/** Everything the leaf functions of the engine export, and room to call them with. */
export * from "../../../core/engine/naming/snake-case";
export * from "../../../core/engine/naming/shorten";
export * from "../../../core/engine/naming/unicode";
export * from "../../../core/engine/hash/shake128";
export * from "../../../core/engine/hash/base64";
export * from "../../../core/engine/hash/sha256";
export * from "../../../core/engine/hash/hex";
export * from "../../../core/engine/number/powers";
export * from "../../../core/engine/number/parse-number";
export * from "../../../core/engine/number/format-double";
export * from "../../../core/engine/number/format-int";
export * from "../../../core/engine/number/decimal128";
export * from "../../../core/engine/time/iso8601";
export * from "../../../core/engine/convert/text";
export * from "../../../core/engine/convert/binary";

/** First address the caller may use. */
export function room(): usize {
  return (__heap_base + 63) & ~63;
}
