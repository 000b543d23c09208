import type { DestinationLoad } from "../destinations/contract.ts";
import type { Recorder } from "./recorder.ts";

/** A destination's load whose steps are recorded, per table. */
export function tracedLoad(load: DestinationLoad, recorder: Recorder): DestinationLoad {
  const step = (table: string) => recorder.step("load", { table });
  return {
    ...(load.borrows ? { borrows: true } : {}),
    prepare: (table, disposition) => step(table.name).wait(() => load.prepare(table, disposition)),
    async write(table, stream) {
      const { byteLength } = stream;
      await step(table).wait(() => load.write(table, stream));
      step(table).add({ bytes: byteLength });
    },
    ...(load.merge ? { merge: (plan) => step(plan.tables[0].name).wait(() => load.merge!(plan)) } : {}),
    ...(load.alter ? { alter: (steps) => recorder.step("load").wait(() => load.alter!(steps)) } : {}),
    widen: (table, base, variant) => step(table).wait(() => load.widen(table, base, variant)),
    commit: (facts) => recorder.step("commit").wait(() => load.commit(facts)),
    rollback: () => load.rollback(),
  };
}
