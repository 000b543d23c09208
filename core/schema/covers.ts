import type { Json } from "../json.ts";
import { dataTables } from "./document.ts";
import type { StoredSchema } from "./stored.ts";

/** Whether a schema document has every table and column, by name, that another one has at the destination. One that was
 *  continued by loads has; one that was altered meanwhile may lack some, and rows of that load would bring them back. */
export function covers(newest: Json, loaded: Json): boolean {
  const known = (newest as unknown as StoredSchema).tables;
  return Object.values(dataTables((loaded as unknown as StoredSchema).tables)).every((table) =>
    Object.values(table.columns).every(
      ({ name, data_type }) =>
        data_type === undefined || known[table.name]?.columns[name]?.data_type !== undefined,
    ),
  );
}
