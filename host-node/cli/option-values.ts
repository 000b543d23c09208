import { InvalidArgumentError } from "commander";
import type { Checkpoint } from "../../core/pipeline/checkpoint.ts";
import { checkContract, ENTITIES, MODES } from "../../core/pipeline/contract-modes.ts";
import type { Contract } from "../../core/pipeline/options.ts";

/** `3`: a whole number from 1. */
export function wholeNumber(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is a whole number from 1.");
}

/** `0`: a whole number from 0. */
export function countFromZero(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is a whole number from 0.");
}

/** `30s`: milliseconds from text with a unit, ms, s, m or h. */
export function duration(text: string): number {
  return quantity(text, { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }, "It is written 500ms, 30s, 5m or 1h.");
}

/** `100mb`: bytes from text with a unit, b, kb, mb, gb (decimal), kib, mib or gib. */
export function byteCount(text: string): number {
  const units = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 };
  return quantity(text, units, "It is written 500kb, 100mb or 2gb.");
}

/** `200mb`, `5m`, or both with a comma between them: after how much a run loads what it has. */
export function checkpoint(text: string): Checkpoint {
  const found: Checkpoint = {};
  for (const part of text.split(",")) {
    const isTime = /\d ?(ms|s|m|h)$/i.test(part.trim());
    if (isTime ? found.duration : found.bytes)
      throw new InvalidArgumentError("It is one size, one time, or one of each: 200mb,5m.");
    if (isTime) found.duration = duration(part);
    else found.bytes = byteCount(part);
  }
  return found;
}

function quantity(text: string, units: Record<string, number>, form: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([a-z]+)$/i.exec(text.trim()) ?? [];
  const factor = unit === undefined ? undefined : units[unit.toLowerCase()];
  if (factor === undefined || !(Number(number) > 0)) throw new InvalidArgumentError(form);
  return Number(number) * factor;
}

/** `freeze`, or `columns=freeze,data_type=discard_value`: what may change in the schema. */
export function contract(text: string): Contract {
  const parts = text.split(",").map((part) => part.trim().split("="));
  const isWhole = parts.length === 1 && parts[0]!.length === 1;
  const stated = isWhole ? text.trim() : Object.fromEntries(parts as [string, string][]);
  try {
    checkContract(stated, "contract");
  } catch {
    throw new InvalidArgumentError(
      `It is ${MODES.join(", ")}, or one for each of ${ENTITIES.join(", ")}: columns=freeze,tables=discard_row.`,
    );
  }
  return stated as Contract;
}

/** `all`, or a number of pages. */
export function pageCount(text: string): number {
  return text === "all" ? Infinity : wholeNumber(text);
}

/** `Name: value`, collected. */
export function header(text: string, before: Record<string, string> = {}): Record<string, string> {
  const colon = text.indexOf(":");
  if (colon < 1) throw new InvalidArgumentError("A header is written 'Name: value'.");
  return { ...before, [text.slice(0, colon).trim()]: text.slice(colon + 1).trim() };
}

/** `\t` as typed in a shell is a tab; else the text as it is. */
export function tab(text: string): string {
  return text === "\\t" || text === "tab" ? "\t" : text;
}

/** `a,b`, collected. */
export function names(text: string, before: string[] = []): string[] {
  return [...before, ...text.split(",").flatMap((name) => name.trim() || [])];
}
