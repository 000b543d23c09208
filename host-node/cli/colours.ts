import pc from "picocolors";

type Colours = ReturnType<typeof pc.createColors>;

/** Colours for a stream: on a terminal only, and not where NO_COLOR (https://no-color.org) says so. */
function coloursOf(stream: NodeJS.WriteStream): Colours {
  // Never undefined: picocolors would decide by itself, and has colours wherever CI is set.
  const terminal = stream.isTTY === true;
  return pc.createColors(terminal && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb");
}

export const stdoutColours = (): Colours => coloursOf(process.stdout);
export const stderrColours = (): Colours => coloursOf(process.stderr);
