import { firstBatch } from "./first-batch.js";

export default {
  async fetch() {
    await firstBatch();
    return new Response("ok");
  },
};
