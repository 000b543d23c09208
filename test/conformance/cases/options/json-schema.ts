import { pipeline, resource } from "runlet";
import { pipelineCase } from "../../case.js";

const output = () => ({
  type: "object",
  required: ["id"],
  properties: {
    id: { type: "integer" },
    price: { type: "number" },
    at: { type: "string", format: "date-time" },
    day: { type: "string", format: "date" },
    tags: { type: "array", items: { type: "string" } },
    address: { type: "object", properties: { zip: { type: "string" } } },
  },
});

const rows = resource("rows", { schema: { "~standard": { jsonSchema: { output } } } }, [
  { id: 1, price: 2, at: "2024-01-01T00:00:00Z", day: "2024-01-01", tags: ["a"], address: { zip: 8001 } },
]);

export default pipelineCase({
  about: "Column types from a Standard JSON Schema, as zod, valibot and arktype give it.",
  make: () => pipeline("standard", rows),
});
