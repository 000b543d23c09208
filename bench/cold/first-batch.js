import { nullDestination, pipeline, resource } from "runlet";

/** Milliseconds since 1970 at which the first batch of a small load is given to its destination. */
export async function firstBatch() {
  let at = 0;
  const to = nullDestination();
  const timed = {
    ...to,
    async open(options) {
      const session = await to.open(options);
      const begin = session.begin.bind(session);
      session.begin = async (...given) => {
        const load = await begin(...given);
        const write = load.write.bind(load);
        load.write = (...batches) => {
          at ||= performance.timeOrigin + performance.now();
          return write(...batches);
        };
        return load;
      };
      return session;
    },
  };
  await pipeline("first", resource("rows", {}, [{ id: 1, tags: ["a"] }])).run({ to: timed });
  return at;
}
