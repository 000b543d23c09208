import { memory, pipeline, resource } from "runlet";
import { pipelineCase } from "../../case.js";

export default pipelineCase({
  about:
    "A run that is cancelled in the middle loads nothing, and says so; one cancelled before reads nothing.",
  make: () => pipeline("cancelled", resource("rows", {}, [{ a: 1 }])),
  async act() {
    const stop = new AbortController();
    let read = 0;
    const endless = resource("rows", {}, async function* ({ signal }) {
      for (; read < 1000; read++) {
        if (read === 5) stop.abort();
        if (read === 50) throw new Error(`read on, aborted: ${signal.aborted}`);
        yield { read };
      }
    });
    const store = memory();
    const run = () =>
      pipeline("cancelled", endless)
        .run({ to: store, signal: stop.signal })
        .catch(({ code, hint }) => ({ code, hint }));
    const middle = await run();
    const before = await run();
    return { middle, before, readOn: read > 10, tables: store.tables() };
  },
});
