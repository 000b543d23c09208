/** One word of a command line, whatever is in it: as it is where it can be, else in the single quotes of POSIX shells, in
 *  which nothing is special. */
export function shellWord(word: string): string {
  if (/^[\w/:.@%+,=][\w/:.@%+,=-]*$/.test(word)) return word;
  // What begins like an option is none.
  const whole = word.startsWith("-") ? `./${word}` : word;
  return `'${whole.replaceAll("'", `'\\''`)}'`;
}
