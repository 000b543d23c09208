import { pipeline, resource } from "runlet";
import { pipelineCase } from "../../case.js";

const text =
  '{"id":9007199254740993,"keep":true}\n{"id":2,"keep":false}\n{"id":3,"keep":true,"twice":true}\n';

const rows = resource(
  "rows",
  {
    map: (row = {}) => {
      const { id, keep, twice } = Object.assign({ id: 0, keep: false, twice: false }, row);
      if (!keep) return null;
      const one = { id, kind: typeof id };
      return twice ? [one, { ...one, copy: true }] : one;
    },
  },
  () => text,
);

export default pipelineCase({
  about: "map: rows dropped, changed and multiplied; integers beyond 2^53 are bigint.",
  make: () => pipeline("map", rows),
});
