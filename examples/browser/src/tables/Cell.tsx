import type { Json } from "runlet";
import { shown } from "./shown.ts";

const LONGEST = 400;

export function Cell({ value }: { value: Json | undefined }) {
  if (value === null || value === undefined) return <span class="null">null</span>;
  if (typeof value === "boolean") return <span class="bool">{value ? "true" : "false"}</span>;
  const text = shown(value);
  return <>{text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}</>;
}
