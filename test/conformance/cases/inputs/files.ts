import { files, pipeline } from "runlet";
import { pipelineCase } from "../../case.js";

export default pipelineCase({
  about: "Files by a glob, in the order of their names, gzip among them.",
  needs: ["files"],
  make: ({ folder }) => pipeline("on_disk", files("events", { from: `${folder}/events-*` })),
});
