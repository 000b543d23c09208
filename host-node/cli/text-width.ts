const WIDE =
  /^(?:\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Emoji_Presentation}|[\u3000-\u303F\uFF01-\uFF60\uFFE0-\uFFE6])/u;
const graphemes = new Intl.Segmenter();

/** Columns that text takes on a terminal; close to Unicode's East Asian Width (UAX 11). */
export function textWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/** The text on one line: control characters are shown as escapes, so that data cannot steer the terminal. */
export function onOneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, (control) => {
    if (control === "\n") return "⏎";
    return control === "\t" ? " " : `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** The text, with `…` at the end where it was cut to `width` columns. */
export function fitted(text: string, width: number): string {
  // A grapheme takes a column at least: what is longer than this cannot fit, and need not be taken apart.
  const head = text.length > width * 16 ? text.slice(0, width * 16) : text;
  if (head === text && textWidth(text) <= width) return text;
  let taken = "";
  let used = 0;
  for (const { segment } of graphemes.segment(head)) {
    used += WIDE.test(segment) ? 2 : 1;
    if (used > width - 1) break;
    taken += segment;
  }
  return `${taken}…`;
}
