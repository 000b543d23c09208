import { pipeline, resource, secret } from "runlet";
import { pipelineCase } from "../../case.js";

const users = resource(
  "users",
  {
    columns: {
      email: { mask: "hmac", key: secret("PII_KEY") },
      "address.zip": "text",
      ssn: "drop",
      fName: { as: "first_name" },
      balance: "decimal",
      born: "date",
      note: { mask: "redact" },
    },
    primaryKey: "id",
  },
  [
    {
      id: 1,
      email: "ada@example.org",
      address: { zip: 8001 },
      ssn: "1",
      fName: "Ada",
      balance: "1.10",
      born: "1815-12-10",
      note: "x",
    },
    {
      id: 2,
      email: null,
      address: { zip: "0815" },
      ssn: { deep: [1] },
      fName: null,
      balance: 3,
      born: null,
      note: { y: 1 },
    },
  ],
);

export default pipelineCase({
  about: "Types, masks, names and dropped columns by options; the key of the mask is a secret.",
  dataset: true,
  make: () => pipeline("columns", users),
  runs: [{ env: { PII_KEY: "k-4711" } }],
});
