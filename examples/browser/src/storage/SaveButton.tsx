import { useSignal } from "@preact/signals";
import { say } from "../app/announce.ts";
import { Icon } from "../app/icons.tsx";
import { count } from "../app/numbers.ts";
import type { Session } from "../app/session.ts";
import { tableNameOf } from "../land/input.ts";
import { whySavingFailed } from "./no-room.ts";
import { isSaved, save, savedOpen } from "./saved.ts";

/** Keeps what is open in this browser. */
export function SaveButton({ open }: { open: Session }) {
  const state = useSignal<"no" | "taken" | "saving" | "saved">("no");
  const rows = useSignal(0);
  const problem = useSignal<string | undefined>(undefined);
  if (open.input.kind === "saved" || open.stage.value !== "ready") return null;
  const name = tableNameOf(open.title);
  const go = async () => {
    problem.value = undefined;
    try {
      if (state.value === "no" && (await isSaved(name))) {
        state.value = "taken";
        return;
      }
      state.value = "saving";
      await save(open, name, (done) => (rows.value = done));
      state.value = "saved";
      say(`saved as ${name}`);
      savedOpen.value = true;
    } catch (error) {
      state.value = "no";
      problem.value = await whySavingFailed(error);
    }
  };
  return (
    <>
      <button type="button" disabled={state.value === "saving"} onClick={() => void go()}>
        <Icon name={state.value === "saved" ? "check" : "save"} />{" "}
        {state.value === "saving"
          ? `Saving ${count(rows.value)} rows…`
          : state.value === "saved"
            ? "Saved"
            : state.value === "taken"
              ? `Replace ${name}`
              : "Save"}
      </button>
      {state.value === "taken" && (
        <p class="note wide" role="status">
          There is a saved dataset called {name}; saving this one would put it in its place.
        </p>
      )}
      {problem.value && (
        <p class="wrong wide" role="alert">
          {problem.value}
        </p>
      )}
    </>
  );
}
