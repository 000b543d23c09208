import { hex } from "../../hex.ts";

/** Ten random hexadecimal digits, as dlt's file ids. */
export function hexId(random: (into: Uint8Array) => Uint8Array): string {
  return hex(random(new Uint8Array(5)));
}
