import { pipeline, resource } from "runlet";
import { pipelineCase } from "../../case.js";

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

export default pipelineCase({
  about: "Bytes, a stream that is cut anywhere, and gzip that is recognised.",
  dataset: true,
  make: () => pipeline("bytes", events),
});
