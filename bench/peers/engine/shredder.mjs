import { eachLine } from "../../lines.mjs";
import { Shredder } from "../js-shredder.mjs";

export const title = "tuned JavaScript shredder";
export const formats = ["ndjson"];

const BATCH = 512 * 1024;

export const open = ({ path }) => {
  return () => {
    const shredder = new Shredder();
    let records = 0;
    let batch = 0;
    eachLine(path, (line) => {
      shredder.record(JSON.parse(line));
      records++;
      batch += line.length;
      if (batch > BATCH) {
        shredder.flush();
        batch = 0;
      }
    });
    shredder.flush();
    return { records };
  };
};
