/** DuckDB's functions of TIMESTAMPTZ are in its extension `icu`, which the embedded build has not. In UTC, where all of
 *  runlet's timestamps are, they are the functions of TIMESTAMP. The temporary macros made here shadow the functions:
 *  for each overload of TIMESTAMP they add one of TIMESTAMPTZ that goes through TIMESTAMP, and lead all others to the
 *  function itself. */

/** One overload of a function, as `duckdb_functions()` has it. */
export interface FunctionOverload {
  name: string;
  parameters: string[];
  result: string;
}

const ZONED = "TIMESTAMPTZ";
const MOMENTS = ["TIMESTAMP", "DATE", "TIME", "INTERVAL"];
const OPERATORS = ["+", "-"];
const FUNCTIONS =
  `century day dayname dayofmonth dayofweek dayofyear decade epoch era hour isodow isoyear julian last_day microsecond
   millennium millisecond minute month monthname nanosecond quarter second week weekday weekofyear year yearweek
   date_part datepart date_trunc datetrunc date_diff datediff date_sub datesub time_bucket age range generate_series`.split(
    /\s+/,
  );

/** The query whose rows {@link zoneMacros} takes. */
export const OVERLOADS_QUERY = `SELECT function_name AS name, parameter_types AS parameters, return_type AS result
  FROM duckdb_functions() WHERE database_name = 'system' AND function_type = 'scalar'
  AND function_name IN (${[...FUNCTIONS, ...OPERATORS].map((name) => `'${name}'`).join(", ")})
  ORDER BY ALL`;

function overload({ name, parameters, result }: FunctionOverload, zoned: boolean): string {
  const isCast = (type: string): boolean => zoned && type === "TIMESTAMP";
  const declared = parameters.map((type, index) => `p${index} ${isCast(type) ? ZONED : type}`);
  const values = parameters.map((type, index) => (isCast(type) ? `p${index}::TIMESTAMP` : `p${index}`));
  const back = zoned && result.startsWith("TIMESTAMP") ? `::${result.replace("TIMESTAMP", ZONED)}` : "";
  return `(${declared.join(", ")}) AS system.main."${name}"(${values.join(", ")})${back}`;
}

function macro(name: string, overloads: FunctionOverload[]): string {
  // Lists of part names have to be constants, which a macro's parameters are not.
  const own = overloads.filter(({ parameters }) => !parameters.some((type) => /TIME ZONE|\[\]/.test(type)));
  // The operators' other overloads (numbers, lists) need no names: they take whatever is left.
  const listed = OPERATORS.includes(name)
    ? own.filter(({ parameters }) => parameters.some((type) => MOMENTS.includes(type)))
    : own;
  const bodies = [
    ...listed
      .filter(({ parameters }) => parameters.includes("TIMESTAMP"))
      .map((each) => overload(each, true)),
    ...listed.map((each) => overload(each, false)),
  ];
  if (OPERATORS.includes(name)) {
    bodies.push(`(a, b) AS system.main."${name}"(a, b)`, `(a) AS system.main."${name}"(a)`);
  }
  return define(name, bodies);
}

function define(name: string, bodies: string[]): string {
  return `CREATE OR REPLACE TEMP MACRO "${name}"${bodies.join(", ")}`;
}

const inUtc = (value: string): string =>
  `CASE WHEN lower(zone) IN ('utc', 'etc/utc', 'gmt', 'etc/gmt', 'z', 'zulu', 'universal') THEN ${value}
   ELSE error('time zone ' || zone || ' needs the DuckDB extension icu; the embedded engine knows UTC') END`;

/** Functions that do not exist at all without icu. */
const MISSING = [
  ...["current_date", "today"].map((name) => define(name, ["() AS system.main.now()::TIMESTAMP::DATE"])),
  ...["current_localtimestamp", "localtimestamp"].map((name) =>
    define(name, ["() AS system.main.now()::TIMESTAMP"]),
  ),
  ...["current_localtime", "localtime", "current_time", "get_current_time"].map((name) =>
    define(name, ["() AS system.main.now()::TIMESTAMP::TIME"]),
  ),
];

const MISSING_ZONED = [
  define("timezone", [
    `(zone VARCHAR, t ${ZONED}) AS ${inUtc("t::TIMESTAMP")}`,
    `(zone VARCHAR, t TIMESTAMP) AS ${inUtc(`t::${ZONED}`)}`,
    `(zone VARCHAR, t DATE) AS ${inUtc(`t::${ZONED}`)}`,
  ]),
  define("make_timestamptz", [
    `(y, mo, d, h, mi, s) AS make_timestamp(y, mo, d, h, mi, s)::${ZONED}`,
    `(micros) AS make_timestamp(micros)::${ZONED}`,
  ]),
  ...["range", "generate_series"].map(
    (name) =>
      `CREATE OR REPLACE TEMP MACRO ${name}(a, b, c) AS TABLE
       SELECT unnest(system.main.${name}(a::TIMESTAMP, b::TIMESTAMP, c))::${ZONED} AS ${name}`,
  ),
];

/** Statements that define the macros in one connection. */
export function zoneMacros(overloads: readonly FunctionOverload[]): string[] {
  const byName = new Map<string, FunctionOverload[]>();
  for (const each of overloads) byName.set(each.name, [...(byName.get(each.name) ?? []), each]);
  return [...[...byName].map(([name, each]) => macro(name, each)), ...MISSING_ZONED, ...MISSING];
}

/** A macro's overload is chosen before the type of an aggregate or a window among its arguments is known. Queries with
 *  those see their tables as views in which every TIMESTAMPTZ is a TIMESTAMP, and the clock likewise. */
export function viewMacros(): string[] {
  return [
    ...["now", "get_current_timestamp", "transaction_timestamp", "current_timestamp"].map((name) =>
      define(name, ["() AS system.main.now()::TIMESTAMP"]),
    ),
    define("timezone", [`(zone, t) AS ${inUtc("t::TIMESTAMP")}`]),
    define("to_timestamp", ["(seconds) AS system.main.to_timestamp(seconds)::TIMESTAMP"]),
    define("make_timestamptz", [
      "(y, mo, d, h, mi, s) AS make_timestamp(y, mo, d, h, mi, s)",
      "(micros) AS make_timestamp(micros)",
    ]),
    ...MISSING,
  ];
}
