import { pipeline, resource, transformer } from "runlet";
import { pipelineCase } from "../../case.js";

const numbers = resource("numbers", {}, function* () {
  for (let n = 1; n <= 20; n++) yield { n };
});
const squares = transformer("squares", { from: numbers, pick: { n: "double" } }, ({ n }) => ({
  square: n * n,
}));

export default pipelineCase({
  about: "Some of the resources, and so many records of each; a resource that is not there is a typed error.",
  make: () => pipeline("some", [numbers, squares]),
  runs: [{ limit: 3 }, { only: ["squares"], limit: 5 }, { only: ["cubes"] }],
});
