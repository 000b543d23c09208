import type { Readable } from "node:stream";

/** Where workerd listens: it says so on its control channel, a JSON line each. Undefined when it ends before. */
export async function workerdPort(control: Readable): Promise<number | undefined> {
  let text = "";
  for await (const chunk of control) {
    text += chunk;
    const port = /"event":"listen".*?"port":(\d+)/.exec(text)?.[1];
    if (port) return Number(port);
  }
  return undefined;
}
