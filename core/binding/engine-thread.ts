import type { Engine, EngineBatch, EngineSchema, InputSummary } from "./contract.ts";
import { openEngine } from "./engine.ts";
import { type Answer, type Port, type Question, sentError, type SentBatch } from "./messages.ts";

/** Serves engines to the other side of the port, one after the other: the body of an engine's own thread. */
export function serveEngine(port: Port): void {
  let thread = new EngineThread();
  port.receive((message) => {
    const question = message as Question;
    if (question.ask === "open") thread = new EngineThread();
    const answer = thread.answer(question);
    const transfer = answer.batches.flatMap(({ message: bytes, schema }) =>
      schema ? [bytes.buffer, schema.buffer] : [bytes.buffer],
    );
    port.send(answer, transfer as ArrayBuffer[]);
  });
}

class EngineThread {
  #engine: Engine | undefined;
  /** The engine's numbers of the inputs. */
  readonly #inputs = new Map<number, number>();
  readonly #failed = new Map<number, Error>();
  readonly #described = new Set<string>();
  #batches: SentBatch[] = [];

  answer(question: Question): Answer {
    try {
      const value = this.#do(question);
      return { batches: this.#taken(), ...(value === undefined ? {} : { value }) };
    } catch (error) {
      // What was finished before the fault is as good as it would be without.
      return { batches: this.#taken(), error: sentError(error) };
    }
  }

  #do(question: Question): number | InputSummary | EngineSchema | undefined {
    if (question.ask === "open") {
      this.#engine = openEngine(question.module, question.config);
      return undefined;
    }
    const engine = this.#engine!;
    switch (question.ask) {
      case "input":
        this.#inputs.set(
          question.input,
          this.#guarded(question.input, () =>
            engine.input(question.table, question.ordinal, question.options),
          ),
        );
        return undefined;
      case "push": {
        const { input, chunk } = question;
        return this.#guarded(input, () => {
          const id = this.#inputs.get(input)!;
          const records = typeof chunk === "string" ? engine.pushText(id, chunk) : engine.push(id, chunk);
          this.#take(false);
          return records;
        });
      }
      case "end": {
        const summary = this.#guarded(question.input, () => engine.end(this.#inputs.get(question.input)!));
        this.#inputs.delete(question.input);
        this.#take(false);
        return summary;
      }
      case "abort": {
        const id = this.#inputs.get(question.input);
        this.#inputs.delete(question.input);
        this.#failed.delete(question.input);
        if (id !== undefined) engine.abort(id);
        return undefined;
      }
      case "drain":
        this.#take(true);
        return undefined;
      case "schema":
        return engine.schema();
      case "close":
        engine.close();
        this.#engine = undefined;
        return undefined;
    }
  }

  /** Nothing is done any more for an input that has failed: others may be on their way behind the fault. */
  #guarded<T>(input: number, work: () => T): T {
    const failed = this.#failed.get(input);
    if (failed) throw failed;
    try {
      return work();
    } catch (error) {
      this.#failed.set(input, error as Error);
      throw error;
    }
  }

  #take(all: boolean): void {
    const sink = (batch: EngineBatch) => {
      const message = batch.message.slice();
      this.#batches.push({ ...batch, message });
    };
    const engine = this.#engine!;
    while (engine.takeInto(sink, all));
    for (const batch of this.#batches) {
      const { table, schemaVersion } = batch;
      const key = `${schemaVersion} ${table}`;
      if (this.#described.has(key)) continue;
      this.#described.add(key);
      batch.schema = engine.tableSchema(table, schemaVersion);
    }
  }

  #taken(): SentBatch[] {
    return this.#batches.splice(0);
  }
}
