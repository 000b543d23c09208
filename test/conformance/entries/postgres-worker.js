import { postgres } from "runlet/postgres";
import cases from "./all-cases.js";
import { runDatasets } from "./suite.js";
export default {
  async fetch(_, { API: api, DATABASE }) {
    return Response.json(await runDatasets(cases, { api, folder: "" }, postgres(DATABASE)));
  },
};
