/** A piece of SQL text that means something: white space and comments are left out. */
export interface SqlToken {
  kind: "word" | "quoted" | "string" | "mark";
  text: string;
  start: number;
  end: number;
}

// In order: comments and white space (skipped), strings (E'…' with backslashes), dollar-quoted strings, quoted names,
// words, `::`, any other character.
const TOKEN =
  /(--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\s+)|([eE]'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)|'(?:[^']|'')*(?:'|$)|\$([A-Za-z_]\w*)?\$[\s\S]*?(?:\$\3\$|$))|("(?:[^"]|"")*(?:"|$))|([\p{L}_][\p{L}\p{N}_$]*)|(::|[\s\S])/gu;

/** Splits SQL text into tokens, as far as needed to find statement ends and casts. */
export function tokenize(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  for (const match of sql.matchAll(TOKEN)) {
    const [text, skipped, string, , quoted, word] = match;
    if (skipped !== undefined) continue;
    const kind = string ? "string" : quoted ? "quoted" : word ? "word" : "mark";
    tokens.push({ kind, text, start: match.index, end: match.index + text.length });
  }
  return tokens;
}

/** The text of a single statement without its semicolon; undefined when there are several or none. */
export function singleStatement(sql: string): string | undefined {
  const tokens = tokenize(sql);
  const end = tokens.findIndex((token) => token.kind === "mark" && token.text === ";");
  if (tokens.length === 0 || end === 0) return undefined;
  if (end === -1) return sql;
  if (tokens.slice(end).some((token) => token.text !== ";")) return undefined;
  return sql.slice(0, tokens[end]!.start);
}

const isWord = (token: SqlToken | undefined, ...words: string[]): boolean =>
  token?.kind === "word" && words.includes(token.text.toLowerCase());

/** Whether a statement begins or ends a transaction. One left open would hold back every checkpoint. */
export function isTransactional(sql: string): boolean {
  return isWord(tokenize(sql)[0], "begin", "start", "commit", "end", "rollback", "abort");
}

/** Lets casts to DATE and TIME pass through TIMESTAMP, which a TIMESTAMPTZ can be cast to without time zone data:
 *  `x::date` becomes `x::timestamp::date` and `CAST(x AS date)` `CAST(x AS timestamp)::date`; with `try` only TRY_CAST,
 *  which would give NULL and no error. */
export function castThroughTimestamp(sql: string, which: "all" | "try" = "all"): string {
  const tokens = tokenize(sql);
  const open: number[] = [];
  let result = "";
  let done = 0;
  const replace = (token: SqlToken, text: string): void => {
    result += sql.slice(done, token.start) + text;
    done = token.end;
  };
  tokens.forEach((token, index) => {
    if (token.text === "(") open.push(index);
    const opening = token.text === ")" ? open.pop() : undefined;
    const before = tokens[index - 1];
    const after = tokens[index + 1];
    if (
      which === "all" &&
      isWord(token, "date", "time") &&
      before?.text === "::" &&
      after?.text !== "[" &&
      !isWord(after, "with")
    ) {
      replace(token, `timestamp::${token.text}`);
    }
    const isCast =
      opening !== undefined && isWord(tokens[opening - 1], "try_cast", which === "all" ? "cast" : "try_cast");
    if (isCast && isWord(before, "date", "time") && isWord(tokens[index - 2], "as")) {
      replace(before!, "timestamp");
      replace(token, `)::${before!.text}`);
    }
  });
  return result + sql.slice(done);
}
