import { nullDestination, pipeline, resource } from "runlet";
import { pipelineCase } from "../../case.js";

export default pipelineCase({
  about: "Mistakes of an author are named before anything is read.",
  make: () => pipeline("authors", resource("rows", {}, [{ a: 1 }])),
  async act(good) {
    const attempts = [
      () => good.run(Object({ to: nullDestination(), limt: 3 })),
      () => good.run({ to: nullDestination(), limit: 0 }),
      () => good.run(Object({ to: "duckdb:x.duckdb" })),
      () => resource("typo", Object({ primarykey: "id" }), []),
      () => resource("", {}, []),
      () => pipeline("twice", [resource("a", {}, []), resource("a", {}, [])]).run({ to: nullDestination() }),
      () =>
        pipeline(
          "spent",
          resource("rows", {}, () => [1n, Symbol.iterator, () => 1]),
        ).run({ to: nullDestination() }),
    ];
    const errors = [];
    for (const attempt of attempts) {
      const error = await Promise.resolve()
        .then(async () => void (await attempt()))
        .then(
          () => null,
          ({ code, message }) => ({ code, message }),
        );
      errors.push(error);
    }
    return errors;
  },
});
