/** A random row id as dlt makes them: 10 bytes in base64 without padding, 14 characters. */
export function rowId(random: (into: Uint8Array) => Uint8Array): string {
  return btoa(String.fromCharCode(...random(new Uint8Array(10)))).replace(/=+$/, "");
}
