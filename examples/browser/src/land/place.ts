export interface Place {
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
  /** The line, or the part of it around the fault. */
  readonly text: string;
  /** Characters of `text` before the fault. */
  readonly caret: number;
}

/** Characters shown on either side of a fault in a long line. */
const AROUND = 60;

/** Bytes kept of a line on either side of the fault: a character has at most four. */
const KEPT = 4 * (AROUND + 1);

/** The line around a byte of the unpacked source. Reads no further than that line, and keeps only what is shown of it:
 *  a document of one line may have hundreds of megabytes before the fault. */
export async function placeAt(source: Blob, offset: number): Promise<Place | undefined> {
  const before = new LineStart();
  let after: Uint8Array = new Uint8Array(0);
  let at = 0;
  for await (const chunk of unpacked(source)) {
    const end = Math.max(0, Math.min(chunk.length, offset - at));
    before.push(chunk.subarray(0, end));
    at += chunk.length;
    if (at <= offset) continue;
    const stop = chunk.indexOf(10, end);
    after = joined(after, chunk.slice(end, stop < 0 ? undefined : stop));
    if (stop >= 0 || after.length >= KEPT) break;
  }
  const left = decode(before.tail);
  const right = decode(after.subarray(0, KEPT));
  const head = before.characters > AROUND ? `…${left.slice(-AROUND)}` : left;
  const tail = right.length > AROUND ? `${right.slice(0, AROUND)}…` : right;
  return {
    line: before.line,
    column: before.characters + 1,
    text: visible(head + tail),
    caret: head.length,
  };
}

/** A line up to the place that is looked for: its number, its length and its end. */
class LineStart {
  line = 1;
  characters = 0;
  tail: Uint8Array = new Uint8Array(0);

  push(bytes: Uint8Array): void {
    let from = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
      this.line++;
      this.characters = 0;
      this.tail = new Uint8Array(0);
      from = end + 1;
    }
    const rest = bytes.subarray(from);
    for (const byte of rest) if (isFirst(byte)) this.characters++;
    const kept = joined(this.tail, rest.slice(-KEPT)).slice(-KEPT);
    this.tail = this.characters > AROUND ? kept.slice(Math.max(0, kept.findIndex(isFirst))) : kept;
  }
}

/** Whether a byte begins a character of UTF-8. */
function isFirst(byte: number): boolean {
  return (byte & 0xc0) !== 0x80;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

async function* unpacked(source: Blob): AsyncGenerator<Uint8Array> {
  const magic = new Uint8Array(await source.slice(0, 2).arrayBuffer());
  const packed = magic[0] === 0x1f && magic[1] === 0x8b;
  const stream = packed ? source.stream().pipeThrough(new DecompressionStream("gzip")) : source.stream();
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } catch {
    // A gzip file that breaks off shows what there is of it.
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Control characters as the pictures Unicode has for them, so that every character takes one place. */
function visible(text: string): string {
  return text.replace(/[\u0000-\u001f]/g, (mark) => String.fromCharCode(0x2400 + mark.charCodeAt(0)));
}
