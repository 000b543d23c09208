// Gives the engine's exports the names of the component model's canonical ABI, which AssemblyScript cannot spell, and
// keeps the functions of the cold path out of line: Binaryen inlines a function with one caller, whatever its size, and
// the parser's loop is the slower for it. An export counts as a caller; scripts/build.mjs takes these out again.
import { Transform } from "assemblyscript/transform";

const normalizer = "runlet:engine/normalizer@0.1.0#";
const method = `${normalizer}[method]normalizer.`;

/** Export of core/engine/index.ts → canonical name. */
const names = {
  open: `${normalizer}[static]normalizer.open`,
  close: `${normalizer}[dtor]normalizer`,
  input: `${method}input`,
  pushChunk: `${method}push`,
  end: `${method}end`,
  abort: `${method}abort`,
  take: `${method}take`,
  postTake: `cabi_post_${method}take`,
  flush: `${method}flush`,
  tableSchema: `${method}table-schema`,
  schema: `${method}schema`,
  cabi_realloc: "cabi_realloc",
  reasonOfTrap: "reason-of-trap",
};

export const outOfLine = [
  "scan/text/skipSpace",
  "scan/text/unescape",
  "tables/shape/findField",
  "tables/table/growTable",
  "columns/write/fillGap",
  "columns/write/setLongRun",
  "columns/storage/growValues",
  "parse/advance/advance",
  "parse/cold/coldString",
  "parse/cold/coldNumber",
  "parse/cold/coldBool",
  "parse/cold/coldNull",
  "parse/cold-containers/coldObject",
  "parse/cold-containers/coldList",
  "parse/cold/coldLiteral",
  "parse/number/putLongNumber",
  "parse/number/putNumberAside",
  "parse/number/putPlainNumberAside",
  "parse/object/parseList",
  "parse/object/parseElement",
  "parse/object/putListString",
  "parse/own-ids/ownNestedIds",
  "parse/element/makeValueField",
  "parse/element/makeListField",
  "csv/row/readRow",
  "csv/row/putCell",
  "csv/csv/fieldsIn",
];

export const KEEP = "keep:";

export default class CanonicalExports extends Transform {
  afterCompile(module) {
    for (const [local, canonical] of Object.entries(names)) {
      if (local === canonical) continue;
      const file = local === "cabi_realloc" ? "abi/memory" : "index";
      module.removeExport(local);
      module.addFunctionExport(`core/engine/${file}/${local}`, canonical);
    }
    for (const name of outOfLine) {
      const internal = `core/engine/${name}`;
      if (module.getFunction(internal)) module.addFunctionExport(internal, KEEP + name);
    }
  }
}
