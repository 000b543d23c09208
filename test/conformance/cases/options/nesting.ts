import { pipeline, resource } from "runlet";
import { pipelineCase } from "../../case.js";

const record = { id: 1, list: [{ deep: [1, { x: 2 }] }], object: { inner: { list: [1] } } };

export default pipelineCase({
  about: "Levels of tables, per resource and per run; what is deeper stays JSON.",
  make: () =>
    pipeline("nesting", [
      resource("whole", {}, [record]),
      resource("flat", { maxNesting: 0 }, [record]),
      resource("one", { maxNesting: 1 }, [record]),
    ]),
  runs: [{}, { normalise: { maxNesting: 1 } }],
});
