/** `new Number(1)` and the like: what JSON.stringify takes out of its box. */
const BOXES = [Number, String, Boolean, BigInt] as const;

/** Whether objects with this prototype may be boxes. */
export function isBoxed(prototype: object): boolean {
  return BOXES.some((box) => prototype === box.prototype || prototype instanceof box);
}

/** The primitive value in the box; undefined when the object is none, whatever it inherits from. */
export function boxedValue(value: object): number | string | boolean | bigint | undefined {
  for (const box of BOXES) {
    let inside: unknown;
    try {
      inside = (box.prototype.valueOf as (this: object) => unknown).call(value);
    } catch {
      continue;
    }
    // As the standard has it: numbers and strings are converted, which their class may have a say in.
    if (box === Number) return Number(value);
    if (box === String) return String(value);
    return inside as boolean | bigint;
  }
  return undefined;
}
