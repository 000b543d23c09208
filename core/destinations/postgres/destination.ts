import { RunletError } from "../../errors.ts";
import { host } from "../../host.ts";
import { isValue, type Value } from "../../pipeline/value.ts";
import { STEP_KINDS } from "../../schema/steps.ts";
import type { Capabilities, Destination } from "../contract.ts";
import { MERGE_STRATEGIES } from "../merge-plan.ts";
import { passwordOf, printedAddress, readAddress } from "./address.ts";
import { PostgresSession } from "./session.ts";

export interface PostgresOptions {
  /** Whether columns that are unique by the schema (`_dlt_id`) get a unique index in tables that a load creates, as
   *  with dlt. Default true. */
  uniqueIndexes?: boolean;
  /** Opens a connection to the server, as `node:net` does; default: the host's, else the driver's. */
  socket?: (host: string, port: number) => unknown;
}

const CAPABILITIES: Capabilities = {
  maxIdentifierLength: 63,
  atomicity: "package",
  dispositions: ["append", "replace", "merge"],
  mergeStrategies: MERGE_STRATEGIES,
  alters: STEP_KINDS,
  preferredStreamBytes: 8 * 1024 * 1024,
};

/** A PostgreSQL database (11 or later) by its URL, or by a `secret()` that holds it:
 *  `postgres://user:password@host:5432/database?sslmode=require`. The dataset is a schema of the database.
 *
 *  The role needs `CREATE` on the database as long as the schema is missing, then `USAGE` and `CREATE` on the schema;
 *  its tables are its own. It needs `TEMP` on the database (every role has it by default) when tables grow columns. */
export function postgres(where: string | Value<string>, options: PostgresOptions = {}): Destination {
  const address = isValue(where) ? `postgres:$${where.name}` : printedAddress(where);
  return {
    kind: "postgres",
    address: address ?? "postgres",
    capabilities: CAPABILITIES,
    dltType: "dlt.destinations.postgres",
    async open(openOptions) {
      let text = where;
      if (isValue(text)) {
        if (!openOptions.resolve) {
          throw new RunletError("CONFIG_MISSING", `${text.kind} ${text.name} cannot be looked up here`, {
            hint: "open the destination by running a pipeline, or give postgres() the URL itself",
          });
        }
        text = await openOptions.resolve(text);
      }
      const password = passwordOf(text);
      if (password !== undefined) openOptions.conceal?.(password, "password");
      const socket = options.socket ?? host().socket;
      return PostgresSession.open(await readAddress(text), openOptions, { ...options, socket });
    },
  };
}
