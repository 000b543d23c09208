import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../app/icons.tsx";
import { size } from "../app/numbers.ts";
import { session } from "../app/session.ts";
import { land } from "../land/land.ts";
import { addressOf, closeSaved, listSaved, remove, room, saved, savedOpen } from "./saved.ts";
import { exportDatabase } from "runlet/browser";
import { offer } from "../take-away/offer.ts";
import "./saved.css";

const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

/** Datasets kept in this browser, and the room they take. */
export function Saved() {
  const problem = useSignal<string | undefined>(undefined);
  const title = useRef<HTMLHeadingElement>(null);
  const attempt = (what: Promise<unknown>) =>
    what.then(
      () => (problem.value = undefined),
      (error: unknown) => (problem.value = error instanceof Error ? error.message : String(error)),
    );
  useEffect(() => {
    title.current?.focus();
    void attempt(listSaved());
  }, []);
  // Deleting takes a second press of the same button.
  const doomed = useSignal<string | undefined>(undefined);
  const onDelete = (name: string) => {
    if (doomed.value !== name) {
      doomed.value = name;
      return;
    }
    doomed.value = undefined;
    // The button with the focus goes away.
    void attempt(remove(name)).then(() => title.current?.focus());
  };
  const list = saved.value;
  const open = session.value?.input;
  return (
    <section
      class="saved"
      aria-labelledby="saved-title"
      onKeyDown={(event) => event.key === "Escape" && closeSaved()}
    >
      <header>
        <h2 id="saved-title" ref={title} tabIndex={-1}>
          Saved in this browser
        </h2>
        <button type="button" class="plain" aria-label="Close" onClick={closeSaved}>
          <Icon name="close" />
        </button>
      </header>
      {problem.value && (
        <p class="wrong" role="alert">
          {problem.value}
        </p>
      )}
      {list?.length === 0 && (
        <p class="quiet">
          Nothing yet. “Save” beside what is open keeps its tables here: they are there after a reload, and
          without a network.
        </p>
      )}
      <ul>
        {list?.map(({ name, bytes, modified }) => (
          <li key={name} class={open?.kind === "saved" && open.name === name ? "open" : ""}>
            <button
              type="button"
              class="plain name"
              onClick={() => {
                savedOpen.value = false;
                void land({ kind: "saved", name });
              }}
            >
              {name}
            </button>
            <span class="quiet">
              {size(bytes)}, {day.format(modified)}
            </span>
            <button
              type="button"
              class="plain"
              aria-label={`Download ${name}.duckdb`}
              onClick={() =>
                void attempt(exportDatabase(addressOf(name)).then((file) => offer(file, file.name)))
              }
            >
              <Icon name="down" />
            </button>
            <button
              type="button"
              class={doomed.value === name ? "" : "plain"}
              aria-label={doomed.value === name ? `Delete ${name} for ever` : `Delete ${name}`}
              onClick={() => onDelete(name)}
              onBlur={() => (doomed.value = undefined)}
            >
              <Icon name="trash" />
              {doomed.value === name && " For ever?"}
            </button>
          </li>
        ))}
      </ul>
      {room.value && room.value.quota > 0 && (
        <div class="room">
          <label for="room">
            {size(room.value.used)} used, {size(room.value.available)} free
          </label>
          <meter id="room" min={0} max={room.value.quota} value={room.value.used} />
        </div>
      )}
    </section>
  );
}
