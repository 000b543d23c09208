import { runletLoad } from "../runlet-load.mjs";

export const title = "runlet, null destination";

export const open = (input) =>
  runletLoad(input, async () => {
    const { nullDestination } = await import("../../../dist/node/index.js");
    return { destination: nullDestination() };
  });
