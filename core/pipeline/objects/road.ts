import type { RunEngine } from "../../binding/contract.ts";
import type { RunletError } from "../../errors.ts";
import { untilAborted } from "../abort.ts";
import { chunks } from "../chunks.ts";
import { csvRows } from "../csv-rows.ts";
import { isText, type Reading } from "../format.ts";
import type { Piece } from "../leaves.ts";
import type { Origin } from "../origin.ts";
import type { Node } from "../plan.ts";
import { encoded, recordPath, selected, textAt } from "../record-path.ts";
import { parsedRows } from "../rows.ts";
import { UNLOADED } from "../unloaded.ts";
import { validated, validateOf } from "../validation.ts";

/** Table of records that are set aside. */
const REJECTS = "_runlet_rejects";

/** Whether the records have to become objects. */
export function isReadAsObjects({ definition: { options } }: Node): boolean {
  return options.map !== undefined || validateOf(options) !== undefined;
}

/** The one road through objects: records are parsed, held against their schema, and changed by `map`. */
export class ObjectsRoad {
  private readonly run: Surroundings;
  private rejects = 0;

  constructor(run: Surroundings) {
    this.run = run;
  }

  /** The rows of a piece, some at a time; when all have been taken, `origin` is told what was wanted of the document. */
  async *rows(
    node: Node,
    leaf: Piece,
    origin: Origin | undefined,
    reading: Reading,
  ): AsyncGenerator<unknown[]> {
    if (leaf.kind === "records") {
      yield await this.mapped(node, selected(node, leaf.records), 1);
      return;
    }
    const { signal } = this.run;
    const bytes = leaf.kind === "text" ? encoded(leaf.text) : untilAborted(chunks(leaf.piece), signal);
    const wanted = origin?.capture ?? [];
    let values: (string | null)[] = wanted.map(() => null);
    let count = 0;
    if (isText(reading.format)) {
      const { engine } = this.run;
      const rows = await csvRows(engine, UNLOADED + node.name, reading, bytes, () => this.run.drain());
      count = rows.length;
      yield await this.mapped(node, rows, 1);
    } else {
      const path = origin?.records ?? recordPath(node) ?? [];
      for await (const { document, records } of parsedRows(bytes, path, reading.format)) {
        const first = count + 1;
        count += records.length;
        if (document !== undefined) values = wanted.map((path) => textAt(document, path));
        yield await this.mapped(node, records, first);
      }
    }
    origin?.told?.(values, count);
  }

  /** Records as the resource's schema and `map` make them; the first has the number `first`. */
  private async mapped(node: Node, records: readonly unknown[], first: number): Promise<unknown[]> {
    const { options } = node.definition;
    const subject = { name: node.name, options, table: node.table };
    const good = await validated(subject, records, first, async (violation) => {
      if (!this.run.quarantine) throw violation;
      if (node.loaded) await this.setAside(violation);
    });
    const map = options.map as ((row: unknown) => object | object[] | null) | undefined;
    return map ? good.flatMap((row) => map(row) ?? []) : good;
  }

  /** Writes a row of `_runlet_rejects`, as the engine does for records that it cannot read. */
  private async setAside({ code, message, where }: RunletError): Promise<void> {
    const { engine } = this.run;
    const id = await engine.input(REJECTS, this.rejects++, { format: "ndjson" });
    const row = { table_name: where.table, record_number: where.record, code, message };
    await engine.pushText(id, `${JSON.stringify(row)}\n`);
    await engine.end(id);
    await this.run.drain();
  }
}

interface Surroundings {
  readonly engine: RunEngine;
  readonly signal: AbortSignal;
  /** Whether records that break their schema are set aside. */
  readonly quarantine?: boolean | undefined;
  drain(): Promise<void> | undefined;
}
