import { files, pipeline } from "runlet";
import { pipelineCase } from "../../case.js";

const file = (name = "", text = "") => new File([text], name);

export default pipelineCase({
  about: "Files that an app has in its hands: their names say the format.",
  make: () =>
    pipeline("given", [
      files("rows", {
        from: [file("a.ndjson", '{"a":1}\n{"a":2}\n'), file("b.json", '[{"a":3},\n{"a":4}]')],
      }),
      files("orders", {
        from: [file("c.json", '{"data":{"orders":[{"id":1,"lines":[{"sku":"x"}]}]}}')],
        records: "data.orders",
      }),
    ]),
});
