import type { DestinationLoad } from "../destinations/contract.ts";
import { RunletError } from "../errors.ts";
import { failpoint } from "./failpoints.ts";
import type { PackageWriter } from "./package-writer.ts";

/** A destination's load that is written to a package as well, both at once. The destination commits only what the
 *  package, sealed, could load again. */
export function packageLoad(load: DestinationLoad, into: PackageWriter): DestinationLoad {
  return {
    async prepare(table, disposition) {
      into.prepared(table, disposition);
      await load.prepare(table, disposition);
    },
    async write(table, stream) {
      const { byteLength } = stream;
      into.segment(table, stream);
      failpoint("destination.write.before");
      await load.write(table, stream);
      failpoint("destination.write.after");
      await into.room();
      if (stream.byteLength !== byteLength) {
        throw new RunletError("DEFECT", `the destination detached the rows of ${table} from their package`);
      }
    },
    async widen(table, base, variant) {
      failpoint("destination.widen.before");
      const folded = await load.widen(table, base, variant);
      if (folded) into.widened(table, base, variant);
      return folded;
    },
    ...(load.alter
      ? {
          async alter(steps) {
            into.altered(steps);
            await load.alter!(steps);
          },
        }
      : {}),
    ...(load.merge
      ? {
          async merge(plan) {
            into.merged(plan);
            failpoint("destination.merge.before");
            await load.merge!(plan);
            failpoint("destination.merge.after");
          },
        }
      : {}),
    async commit(facts) {
      await into.seal(facts);
      failpoint("destination.commit.before");
      await load.commit(facts);
      failpoint("destination.commit.after");
    },
    rollback: () => load.rollback(),
  };
}
