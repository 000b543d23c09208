import { eachLine } from "../../lines.mjs";

export const title = "JSON.parse per line, nothing else";
export const formats = ["ndjson"];

export const open = ({ path }) => {
  return () => {
    let records = 0;
    eachLine(path, (line) => {
      JSON.parse(line);
      records++;
    });
    return { records };
  };
};
