import { signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { land } from "./land.ts";

export const pasting = signal(false);

export function PasteBox() {
  const text = useSignal("");
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <form
      class="paste-box"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.value.trim() === "") return;
        pasting.value = false;
        void land({ kind: "text", text: text.value });
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        pasting.value = false;
        document.getElementById("paste-button")?.focus();
      }}
    >
      <label class="unseen" for="pasted">
        Text to read
      </label>
      <textarea
        id="pasted"
        ref={field}
        rows={6}
        spellcheck={false}
        placeholder={'{"id": 1, "tags": ["a", "b"]}'}
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey))
            event.currentTarget.form?.requestSubmit();
        }}
      />
      <button type="submit" disabled={text.value.trim() === ""}>
        Read it
      </button>
    </form>
  );
}
