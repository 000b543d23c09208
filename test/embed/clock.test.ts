import { expect, test } from "vitest";
import { epochClock } from "../../core/clock.ts";

test("the clock runs evenly, and is set after the machine has slept", () => {
  let wall = 1_700_000_000_000;
  let steady = 5;
  const now = epochClock(
    () => wall,
    () => steady,
  );
  const pass = (ms: number, steadily = ms) => {
    wall += ms;
    steady += steadily;
    return now() - 1_700_000_000_000;
  };
  expect(pass(1, 1.25)).toBe(1.25);
  // The wall clock is put right a little, again and again.
  expect(pass(300, 10)).toBe(11.25);
  // Frozen for an hour.
  expect(pass(3_600_000, 0)).toBe(3_600_301);
  expect(pass(10, 10.5)).toBe(3_600_311.5);
  // Set back.
  expect(pass(-60_000, 1)).toBe(3_540_311);
});
