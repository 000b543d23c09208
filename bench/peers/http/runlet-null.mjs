import { runletPages } from "../runlet-http.mjs";

export const title = "runlet, null destination";

export const open = (input) =>
  runletPages(input, async () => {
    const { nullDestination } = await import("../../../dist/node/index.js");
    return { destination: nullDestination() };
  });
