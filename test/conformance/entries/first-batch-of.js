import { nullDestination, pipeline, resource } from "runlet";

/** The time at which the first batch of a small load reached its destination. */
export async function firstBatch() {
  let at = 0;
  const to = nullDestination();
  const open = to.open.bind(to);
  const timed = {
    ...to,
    async open(options) {
      const session = await open(options);
      const begin = session.begin.bind(session);
      session.begin = async (loadId) => {
        const load = await begin(loadId);
        const write = load.write.bind(load);
        load.write = (...parts) => {
          at ||= performance.timeOrigin + performance.now();
          return write(...parts);
        };
        return load;
      };
      return session;
    },
  };
  await pipeline("first", resource("rows", {}, [{ id: 1, tags: ["a"] }])).run({ to: timed });
  return at;
}
