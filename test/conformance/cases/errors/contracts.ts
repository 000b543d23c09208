import { memory, pipeline, resource } from "runlet";
import { pipelineCase, reproduce } from "../../case.js";

const made = [{ id: 1, v: 1, l: [{ x: 1 }] }];
const more = [
  { id: 2, v: "two", l: [{ x: 2, y: 1 }, { x: 3 }], n: [1, 2], new: null },
  { id: 3, new: { deep: true } },
];
const next = () => pipeline("contracts", resource("rows", {}, more));
const attempts = [
  (to = memory()) =>
    next().run({
      to,
      contract: { tables: "discard_value", columns: "discard_row", data_type: "discard_value" },
    }),
  (to = memory()) => next().run({ to, contract: "discard_value" }),
  (to = memory()) => next().run({ to, contract: "freeze" }),
  (to = memory()) => next().run({ to, contract: { data_type: "freeze" } }),
  (to = memory()) => next().run({ to, contract: { tables: "freeze" } }),
];

export default pipelineCase({
  about:
    "What contracts leave out is counted by table, column and entity; what they freeze is an error that says where.",
  make: () => pipeline("contracts", resource("rows", {}, made)),
  act: async (first) => {
    const outcomes = [];
    for (const attempt of attempts) {
      const to = memory();
      await first.run({ to, reproduce: reproduce() });
      const outcome = await attempt(to).then(
        ({ discarded, records }) => ({ records, discarded }),
        ({ code, message, where }) => ({ code, message, where }),
      );
      const counts = Object.entries(to.tables()).map(([table, rows]) => [table, rows.length]);
      outcomes.push({ ...outcome, rows: Object.fromEntries(counts) });
    }
    return outcomes;
  },
});
