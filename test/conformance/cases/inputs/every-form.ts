import { pipeline, resource } from "runlet";
import { pipelineCase } from "../../case.js";

const text = (n = 0) => `{"n":${n}}`;
const bytes = (n = 0) => new TextEncoder().encode(text(n));

export default pipelineCase({
  about:
    "Each form that a resource may give: text, bytes, buffer, blob, response, promise, iterables in iterables.",
  make: () =>
    pipeline("forms", [
      resource("given", {}, [{ n: 0 }, [{ n: 1 }]]),
      resource("text", {}, () => text(2)),
      resource("bytes", {}, () => bytes(3)),
      resource("buffer", {}, () => bytes(4).buffer),
      resource("blob", {}, () => new Blob([text(5), "\n", text(6)])),
      resource("response", {}, () => new Response(`[${text(7)},${text(8)}]`)),
      resource("later", {}, async () => [{ n: 9 }]),
      resource("nested", {}, async function* () {
        yield Promise.resolve({ n: 10 });
        yield* [{ n: 11 }, bytes(12)];
        yield text(13);
      }),
      resource("strings", {}, () => ["a", "b"]),
      resource("nothing", {}, () => null),
    ]),
});
