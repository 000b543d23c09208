/** Newline-delimited JSON as documents of about `size` bytes, each a list of records. */
export function bodies(text, size) {
  const found = [];
  let lines = [];
  let held = 0;
  const close = () => {
    if (lines.length === 0) return;
    found.push(Buffer.from(`[${lines.join(",")}]`));
    lines = [];
    held = 0;
  };
  for (let at = 0; at < text.length;) {
    let end = text.indexOf(10, at);
    if (end < 0) end = text.length;
    lines.push(text.toString("utf8", at, end));
    held += end - at + 1;
    if (held >= size) close();
    at = end + 1;
  }
  close();
  return found;
}
