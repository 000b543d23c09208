import { memory, pipeline, resource } from "runlet";
import { pipelineCase } from "../../case.js";

export default pipelineCase({
  about: "A load is whole or absent: the second resource fails, the first one's rows are not there either.",
  make: () =>
    pipeline("whole", [
      resource("good", {}, [{ a: 1 }]),
      resource("bad", {}, async function* () {
        yield { b: 1 };
        throw new TypeError("no more");
      }),
    ]),
  async act(pipeline) {
    const store = memory();
    const error = await pipeline.run({ to: store }).catch((reason) => reason.toJSON());
    return { error, tables: store.tables() };
  },
});
