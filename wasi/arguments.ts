// Arguments one by one: `--name value`, `--name=value`, or a switch without a value.
import { clearBuffer, putBytes, putText } from "../core/engine/memory/buffer";
import { isText } from "../core/engine/memory/bytes";
import { isUtf8 } from "../core/engine/scan/utf8";
import { fail, message } from "./failure";
import { argumentAt, argumentCount, lengthOf, putUtf8 } from "./system";

let at: u32 = 0;
let name: usize = 0;
let nameLength: usize = 0;
/** The value behind `=`, 0 when there is none. */
let joined: usize = 0;

/** What {@link isOption} found. */
export let value: usize = 0;
export let valueLength: usize = 0;

/** Goes to the next argument; false behind the last. */
export function nextArgument(): bool {
  if (++at >= argumentCount) return false;
  const p = argumentAt(at);
  const n = lengthOf(p);
  if (!isUtf8(p, n)) failUsage("an argument is no UTF-8");
  name = p;
  nameLength = n;
  joined = 0;
  if (n > 2 && load<u8>(p) == 45 && load<u8>(p, 1) == 45) {
    for (let i: usize = 2; i < n && !joined; i++) {
      if (load<u8>(p + i) != 61) continue;
      nameLength = i;
      joined = p + i + 1;
    }
  }
  return true;
}

/** Whether the argument is this switch. */
export function isSwitch(option: string): bool {
  return !joined && isText(name, nameLength, option);
}

/** Whether the argument is this option; its value is read. */
export function isOption(option: string): bool {
  if (!isText(name, nameLength, option)) return false;
  if (joined) value = joined;
  else {
    if (++at >= argumentCount) failOption("needs a value");
    value = argumentAt(at);
  }
  valueLength = lengthOf(value);
  if (!isUtf8(value, valueLength)) failOption("is no UTF-8");
  return true;
}

/** Whether the option's value is this word. */
export function isValue(word: string): bool {
  return isText(value, valueLength, word);
}

/** The option's value as a whole number. */
export function numberValue(): u64 {
  let n: u64 = 0;
  if (valueLength == 0 || valueLength > 19) failOption("is a whole number");
  for (let i: usize = 0; i < valueLength; i++) {
    const digit = <u32>load<u8>(value + i) - 48;
    if (digit > 9) failOption("is a whole number");
    n = n * 10 + digit;
  }
  return n;
}

export function failUsage(text: string): void {
  clearBuffer(message);
  putUtf8(message, text);
  fail("USAGE", "see: --help");
}

/** Fails for the option at hand. */
export function failOption(text: string): void {
  clearBuffer(message);
  putBytes(message, name, nameLength);
  putText(message, " ");
  putUtf8(message, text);
  fail("USAGE", "see: --help");
}

/** Fails for an argument that nobody knows. */
export function failUnknown(): void {
  clearBuffer(message);
  putText(message, "unknown option ");
  putBytes(message, name, nameLength);
  fail("USAGE", "see: --help");
}
