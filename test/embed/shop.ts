import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export const PAGES = 30;
export const PER_PAGE = 4;

/** An API of slow pages, with so many milliseconds for each; closed by who asked for it. */
export async function listen(delay = 3): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const url = new URL(request.url!, `http://${request.headers.host}`);
    const page = Number(url.searchParams.get("page") ?? 1);
    const first = (page - 1) * PER_PAGE;
    const records = Array.from({ length: PER_PAGE }, (_, at) => ({
      id: first + at,
      tags: [`t${first + at}`],
    }));
    if (page < PAGES)
      response.setHeader("link", `<${url.origin}${url.pathname}?page=${page + 1}>; rel="next"`);
    response.setHeader("content-type", "application/json");
    setTimeout(() => response.end(JSON.stringify(records)), delay);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

/** The pipeline file that all embedders run, not a byte changed. */
export const PIPELINE = `import { http, pipeline, resource, setting, source } from "runlet";

const list = (name: string) => resource(name, { config: { api: setting("API") } }, ({ http, config }) =>
  http.pages(\`\${config.api}/\${name}\`),
);

export default pipeline("shop", source("shop", {}, [list("orders"), list("customers")]));
`;

/** What must be there in the end, of each table. */
export const WHOLE = { n: PAGES * PER_PAGE, ids: PAGES * PER_PAGE, least: 0, most: PAGES * PER_PAGE - 1 };
export const LOOK = (table: string): string =>
  `select count(*) n, count(distinct id) ids, min(id) least, max(id) most from ${table}`;
