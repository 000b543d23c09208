/** The form in which `test/oracle` freezes one cell of dlt (see `test/oracle/canonical.py`), from canonical text. */
export function dltCell(type: string, text: string | undefined): string {
  if (text === undefined) return "n";
  switch (type.replace(/\(.*/, "")) {
    case "bool":
      return text === "true" ? "b1" : "b0";
    case "bigint":
      return `i${text}`;
    case "double":
      return `d${bits(Number(text))}`;
    case "timestamp":
      return `t${text}`;
    case "date":
      return `y${text}`;
    case "time":
      return `h${text}`;
    case "decimal":
    case "wei":
      return `e${text === "-0" ? "0" : text}`;
    case "binary":
      return `x${text}`;
    case "json":
      return `j${text.replace(JSON_TOKEN, jsonToken)}`;
    default:
      return `s${text}`;
  }
}

const JSON_TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

function jsonToken(token: string): string {
  if (token.startsWith('"')) return token;
  if (/^-?\d+$/.test(token)) {
    const n = BigInt(token);
    if (n >= -(2n ** 63n) && n < 2n ** 64n) return n.toString();
  }
  return `d${bits(Number(token))}`;
}

function bits(x: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  return view.getBigUint64(0).toString(16).padStart(16, "0");
}
