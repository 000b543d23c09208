import { eachPage, serve } from "../served.mjs";

export const title = "fetch of every page, bytes thrown away";

export async function open(input) {
  const first = await serve(input);
  return async () => {
    for await (const response of eachPage(first)) await response.arrayBuffer();
    return {};
  };
}
