import { InvalidArgumentError } from "commander";

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

/** `a,b`, collected. */
export function names(text: string, before: string[] = []): string[] {
  return [...before, ...text.split(",").flatMap((name) => name.trim() || [])];
}
