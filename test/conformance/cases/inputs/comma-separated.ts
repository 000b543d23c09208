import { files, pipeline } from "runlet";
import { pipelineCase } from "../../case.js";

const file = (name = "", text = "") => new File([text], name);

export default pipelineCase({
  about: "Comma- and tab-separated files by their names, typed as the rest.",
  dataset: true,
  make: () =>
    pipeline("tables", [
      files("people", {
        from: [
          file("a.csv", 'id,name,born\n1,"Ada, Countess",1815-12-10\n'),
          file("b.csv", "id,name,born\n2,,\n"),
        ],
      }),
      files("scores", { from: [file("c.tsv", "who\tscore\nada\t9007199254740993\nbob\t0.5\n")] }),
    ]),
});
