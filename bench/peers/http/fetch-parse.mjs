import { eachPage, serve } from "../served.mjs";

export const title = "fetch and JSON.parse of every page, nothing stored";

export async function open(input) {
  const first = await serve(input);
  return async () => {
    let records = 0;
    for await (const response of eachPage(first)) records += (await response.json()).length;
    return { records };
  };
}
