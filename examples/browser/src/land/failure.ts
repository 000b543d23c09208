import { RunletError } from "runlet";

/** Something that went wrong, as the page shows it. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  /** The line of the input it happened in, and where in it. */
  readonly place?: Place | undefined;
  /** Whether reading on without the broken records is an answer. */
  readonly skippable: boolean;
  /** An address that the page could not read; a command line can. */
  readonly url?: string | undefined;
}

export interface Place {
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
  /** The line, or the part of it around the fault. */
  readonly text: string;
  /** Characters of `text` before the fault. */
  readonly caret: number;
}

const BAD_RECORD = new Set(["SOURCE_NOT_JSON", "SOURCE_NOT_UTF8", "LIMIT_DEPTH", "LIMIT_RECORD"]);

export async function failureOf(error: unknown, source: Blob | undefined, url?: string): Promise<Failure> {
  const known = error instanceof RunletError ? error : undefined;
  const message = error instanceof Error ? error.message : String(error);
  const offset = known?.where.offset;
  const bad = known !== undefined && BAD_RECORD.has(known.code);
  return {
    code: known?.code ?? "DEFECT",
    message,
    hint: known?.hint,
    skippable: bad,
    place: bad && source && offset !== undefined ? await placeAt(source, offset) : undefined,
    url,
  };
}

/** Characters shown on either side of a fault in a long line. */
const AROUND = 60;

/** The line around a byte of the unpacked source. Reads no further than that line. */
export async function placeAt(source: Blob, offset: number): Promise<Place | undefined> {
  let line = 1;
  let at = 0;
  let before: Uint8Array[] = [];
  let after: Uint8Array[] | undefined;
  for await (const chunk of unpacked(source)) {
    let from = 0;
    if (after === undefined) {
      const end = Math.min(chunk.length, offset - at);
      for (let byte = chunk.indexOf(10); byte >= 0 && byte < end; byte = chunk.indexOf(10, byte + 1)) {
        line++;
        from = byte + 1;
        before = [];
      }
      before.push(chunk.slice(from, end));
      at += chunk.length;
      if (at < offset + 1 && end === chunk.length) continue;
      after = [];
      from = end;
    }
    const stop = chunk.indexOf(10, from);
    after.push(chunk.slice(from, stop < 0 ? undefined : stop));
    if (stop >= 0 || after.length > 4) break;
  }
  const left = decode(before);
  const right = decode(after ?? []);
  const head = left.length > AROUND ? `…${left.slice(-AROUND)}` : left;
  const tail = right.length > AROUND ? `${right.slice(0, AROUND)}…` : right;
  return { line, column: left.length + 1, text: visible(head + tail), caret: head.length };
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

function decode(parts: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  return parts.map((part) => decoder.decode(part, { stream: true })).join("") + decoder.decode();
}

/** Control characters as the pictures Unicode has for them, so that every character takes one place. */
function visible(text: string): string {
  return text.replace(/[\u0000-\u001f]/g, (mark) => String.fromCharCode(0x2400 + mark.charCodeAt(0)));
}
