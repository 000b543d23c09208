import { pipeline, resource } from "runlet";
import { pipelineCase } from "../../case.js";

const people = resource("people", {}, async function* () {
  yield { id: 1, name: "Ada Ω 👩‍🚀", born: "1815-12-10T00:00:00Z", tags: ["maths", "poetry"], score: 0.1 };
  yield [
    { id: 9007199254740993n, name: null, address: { city: "Zürich", geo: [47.3769, 8.5417] }, score: 3 },
    { id: 3, name: "", score: "n/a", log: [[1, 2], [], [{ at: "2024-02-29T12:34:56.789+02:00" }]] },
    { id: 4, name: undefined, born: new Date(0), odd: [NaN, Infinity, -0] },
  ];
});

export default pipelineCase({
  about: "Objects and arrays of them: bigint exact, Date as ISO text, undefined left out.",
  dataset: true,
  make: () => pipeline("objects", people),
});
