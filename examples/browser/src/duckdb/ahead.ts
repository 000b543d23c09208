import type { Destination, DestinationLoad, TableSchema, WriteDisposition } from "runlet";

/** Bytes of Arrow that may wait for a destination that is still being opened. */
const WAITING_BYTES = 512 * 1024 * 1024;

/** A new database, which the engine need not wait for: what it makes is kept until `real` is open, and is then written
 *  in the same order, in the same one transaction. `prepared` sees each table as soon as the engine knows it. */
export function ahead(real: Destination, prepared: (table: TableSchema) => void): Destination {
  return {
    ...real,
    async open(options) {
      const opening = real.open(options);
      opening.catch(() => undefined);
      return {
        // There is nothing to restore in a database that this load creates.
        restore: async () => ({}),
        hasLoad: async () => false,
        datasets: async () => (await opening).datasets(),
        begin: async (loadId) =>
          queued(
            opening.then((session) => session.begin(loadId)),
            prepared,
          ),
        query: async (sql, params) => (await opening).query(sql, params),
        arrow: async (sql) => (await opening).arrow(sql),
        close: async () => (await opening).close(),
      };
    },
  };
}

function queued(begun: Promise<DestinationLoad>, prepared: (table: TableSchema) => void): DestinationLoad {
  let last: Promise<unknown> = begun;
  let waiting = 0;
  begun.catch(() => undefined);
  const then = <T>(step: (load: DestinationLoad) => Promise<T>): Promise<T> => {
    const result = last.then(async () => step(await begun));
    last = result;
    // The failure is met again by whoever awaits the queue: a later write, or the commit.
    result.catch(() => undefined);
    return result;
  };
  return {
    async prepare(table: TableSchema, disposition: WriteDisposition) {
      prepared(table);
      void then((load) => load.prepare(table, disposition));
    },
    async write(table, stream) {
      waiting += stream.byteLength;
      const written = then((load) => load.write(table, stream)).finally(() => (waiting -= stream.byteLength));
      written.catch(() => undefined);
      if (waiting > WAITING_BYTES) await written;
    },
    widen: (table, base, variant) => then((load) => load.widen(table, base, variant)),
    commit: (facts) => then((load) => load.commit(facts)),
    rollback: async () => {
      await last.catch(() => undefined);
      await (await begun).rollback();
    },
  };
}
