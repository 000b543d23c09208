import { expect } from "vitest";
import { OTHER_FORMS } from "../conformance/features.ts";
import { committedAreas, isSame, writeResult, type Areas } from "../conformance/results.ts";

/** Counts the vectors of one row of the README's matrix: one has passed when it has under all that the row names. */
export class MatrixRow {
  readonly #name: keyof typeof OTHER_FORMS;
  readonly #passed = new Map<string, boolean>();

  constructor(name: keyof typeof OTHER_FORMS) {
    this.#name = name;
  }

  /** Notes the outcome of a vector, or of a part of it, and fails when it is not the expected one. */
  expect(vector: string, given: unknown, expected: unknown, part = vector): void {
    this.#passed.set(vector, isSame(given, expected) && (this.#passed.get(vector) ?? true));
    expect(given, part).toEqual(expected);
  }

  /** Leaves the row for `node scripts/matrix.mjs`; the committed one says the same. */
  close(): void {
    const passed = [...this.#passed.values()].filter((each) => each).length;
    const areas: Areas = { "engine vectors": [passed, this.#passed.size] };
    writeResult(this.#name, { title: OTHER_FORMS[this.#name], areas });
    expect(committedAreas(this.#name)).toEqual(areas);
  }
}
