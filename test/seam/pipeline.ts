// One pipeline for every runtime: objects, bytes and a paged API, to digests of the batches. It uses no syntax that
// only TypeScript has, so that the same bytes run where types are not taken out.
import { bearer, http, nullDestination, pipeline, resource, secret, source, transformer } from "runlet";

const people = resource("people", {}, async function* () {
  yield { id: 1, name: "Ada Ω 👩‍🚀", born: "1815-12-10T00:00:00Z", tags: ["maths", "poetry"], score: 0.1 };
  yield [
    { id: 9007199254740993n, name: null, address: { city: "Zürich", geo: [47.3769, 8.5417] }, score: 3 },
    { id: 3, name: "", score: "n/a", log: [[1, 2], [], [{ at: "2024-02-29T12:34:56.789+02:00" }]] },
  ];
});

const lines = Array.from({ length: 2000 }, (_, at) => {
  const user = `{"login":"u${at % 97}","admin":${at % 5 === 0}}`;
  const items = at % 3 ? `[{"sku":"A-${at}","price":${at / 8}},{"sku":"B","price":1e${at % 30}}]` : "[]";
  return `{"seq":${at},"big":18446744073709551${at % 1000},"user":${user},"items":${items},"note":"\\u00e9\\n${at}é"}\r\n`;
});

const events = resource("events", {}, async function* () {
  const bytes = new TextEncoder().encode(lines.join(""));
  let at = bytes.indexOf(10) + 1;
  yield bytes.subarray(0, at);
  // Chunks of a prime length end inside numbers, names and letters.
  yield new ReadableStream({
    pull(controller) {
      if (at < bytes.length) controller.enqueue(bytes.slice(at, (at += 4093)));
      else controller.close();
    },
  });
  yield new Blob(['{"seq":-1,"note":"packed"}\n']).stream().pipeThrough(new CompressionStream("gzip"));
});

const issues = resource("issues", { records: "data.items" }, ({ http }) => http.pages("/issues"));

const comments = transformer(
  "comments",
  { from: issues, pick: { id: "bigint" }, include: ["id"], parallel: 4 },
  ({ id }, { http }) => http.get(`/issues/${id}/comments`),
);

/** Loads all of it from the API at `api`; rows and digests per table. */
export async function seam(api = "") {
  const local = source("local", { http: http(api, { auth: bearer(secret("SEAM_TOKEN")) }) }, [
    issues,
    comments,
  ]);
  const to = nullDestination();
  const info = await pipeline("seam", [people, events, local]).run({
    to,
    env: { SEAM_TOKEN: "seam-4711" },
    reproduce: { loadId: "1732273200.1", seed: "20241122" },
  });
  const rows = Object.fromEntries(Object.entries(info.tables).map(([table, { rows }]) => [table, rows]));
  return { rows, digests: to.digests() };
}
