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

/** The text on one line, with `…` where it was cut to `width` columns. Control characters are shown as escapes, so that
 *  data cannot steer the terminal. */
export function fitted(text: string, width: number): string {
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, (control) =>
    control === "\n"
      ? "⏎"
      : control === "\t"
        ? " "
        : `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  // A grapheme takes a column at least: what is longer than this cannot fit, and need not be taken apart.
  const head = line.length > width * 16 ? line.slice(0, width * 16) : line;
  if (head === line && textWidth(line) <= width) return line;
  let taken = "";
  let used = 0;
  for (const { segment } of graphemes.segment(head)) {
    used += WIDE.test(segment) ? 2 : 1;
    if (used > width - 1) break;
    taken += segment;
  }
  return `${taken}…`;
}
