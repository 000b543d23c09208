import { signal } from "@preact/signals";

/** What a screen reader is told, politely. */
export const announced = signal("");

export function say(text: string): void {
  announced.value = text;
}
