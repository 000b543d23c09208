/** Ten random hexadecimal digits, as dlt's file ids. */
export function hexId(random: (into: Uint8Array) => Uint8Array): string {
  return Array.from(random(new Uint8Array(5)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
