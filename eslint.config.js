import { defineConfig, globalIgnores } from "eslint/config";
import { builtinModules } from "node:module";
import ts from "typescript-eslint";

const modules = `^(node:|(${builtinModules.filter((name) => !/[_:]/.test(name)).join("|")})(/|$))`;
const hosts = String.raw`(^|/)host-[a-z]+(/|$)`;
const portable =
  "core runs on every runtime: Web standards only; what differs between runtimes is in core/host.ts";

/** What only some runtimes have, by name. */
const runtimeNames =
  "process Deno Bun Buffer require module exports __dirname __filename global setImmediate NodeJS".split(" ");

/** Selectors for the ways to name a module that no-restricted-imports leaves out. A selector's pattern holds no slash. */
const named = (pattern) =>
  ["ImportExpression > Literal", "TSImportType Literal"].map((place) => ({
    selector: `${place}[value=/${pattern.replaceAll("/", "\\u002F")}/]`,
    message: portable,
  }));

export default defineConfig(
  globalIgnores(["dist", "build", "core/engine", "wasi", "test/engine/assembly", "**/.venv"]),
  {
    rules: {
      "no-cond-assign": "error",
      "no-debugger": "error",
      "no-dupe-else-if": "error",
      "no-duplicate-case": "error",
      "no-empty": ["error", { allowEmptyCatch: true }],
      "no-self-assign": "error",
      "no-unreachable": "error",
      "no-unsafe-finally": "error",
      "no-useless-escape": "error",
      "no-var": "error",
      "prefer-const": ["error", { destructuring: "all" }],
    },
  },
  ...ts.configs.recommended.map((config) => ({ ...config, files: ["**/*.ts", "**/*.tsx"] })),
  {
    files: ["**/*.ts", "**/*.tsx"],
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ["*.ts"] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/no-floating-promises": [
        "error",
        { allowForKnownSafeCalls: ["describe", "test", "it"] },
      ],
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: false }],
      "@typescript-eslint/no-explicit-any": "off",
      "@typescript-eslint/no-empty-object-type": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/only-throw-error": "error",
      "@typescript-eslint/return-await": ["error", "in-try-catch"],
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      "@typescript-eslint/no-unused-expressions": "off",
      "@typescript-eslint/only-throw-error": "off",
    },
  },
  {
    files: ["core/**/*.ts"],
    rules: {
      "no-restricted-globals": ["error", ...runtimeNames.map((name) => ({ name, message: portable }))],
      "no-restricted-properties": [
        "error",
        ...runtimeNames.map((property) => ({ object: "globalThis", property, message: portable })),
      ],
      "no-restricted-imports": [
        "error",
        { patterns: [modules, hosts].map((regex) => ({ regex, caseSensitive: true, message: portable })) },
      ],
      "no-restricted-syntax": [
        "error",
        ...[modules, hosts].flatMap(named),
        { selector: "TSTypeReference Identifier[name=/^(Buffer|NodeJS)$/]", message: portable },
      ],
    },
  },
);
