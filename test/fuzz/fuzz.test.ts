import { test } from "vitest";
import { expectNothingFound, FUZZ_TIMEOUT } from "./run-fuzzer.ts";

test("broken and odd inputs, beside the reference", { timeout: FUZZ_TIMEOUT }, () => expectNothingFound(500));
