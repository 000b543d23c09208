import { reader, schemaOf } from "../duckdb.mjs";
import { duckdbLoad } from "../duckdb-load.mjs";
import { relationalSql } from "../relational-sql.mjs";

export const title = "DuckDB alone: unnested into the same child tables";

export const open = (input) =>
  duckdbLoad(async (connection) => {
    // Finding the schema is part of the work, as it is in CREATE TABLE AS; the statements are written from it.
    const columns = await schemaOf(input);
    await connection.run("BEGIN");
    for (const statement of relationalSql(reader(input, columns), columns)) await connection.run(statement);
    await connection.run("COMMIT");
  });
