import { signal } from "@preact/signals";

/** What a screen reader is told, politely. */
export const announced = signal("");

/** Tells it; the same words once more are told once more, which takes a text that differs. */
export function say(text: string): void {
  announced.value = announced.value === text ? `${text}\u00a0` : text;
}
