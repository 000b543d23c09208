import { useRef } from "preact/hooks";
import { Icon } from "../app/icons.tsx";
import { dragging } from "./DropTarget.tsx";
import { land } from "./land.ts";
import { PasteBox, pasting } from "./PasteBox.tsx";

const TOUCH = matchMedia("(pointer: coarse)").matches;

function invitation(slim: boolean): string {
  if (TOUCH) return "Choose a file";
  return slim ? "Drop or choose a file" : "Drop a file anywhere, or choose one";
}

/** Where files go: dropped, chosen, or pasted as text. */
export function DropZone({ slim }: { slim: boolean }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div class={`drop${dragging.value ? " over" : ""}${slim ? " slim" : ""}`}>
      <button type="button" class="choose" onClick={() => input.current?.click()}>
        <Icon name="drop" />
        <strong>{dragging.value ? "Let go to read it" : invitation(slim)}</strong>
      </button>
      <p class="paste">
        {!slim && <small>JSON, NDJSON, CSV, TSV, and gzip of them</small>}
        <button
          type="button"
          id="paste-button"
          class="plain"
          aria-expanded={pasting.value}
          onClick={() => (pasting.value = !pasting.value)}
        >
          <Icon name="copy" /> Paste text
        </button>
      </p>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files to read"
        accept=".json,.ndjson,.jsonl,.csv,.tsv,.txt,.gz,application/json,application/x-ndjson,text/csv"
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          event.currentTarget.value = "";
          if (files.length > 0) void land({ kind: "files", files });
        }}
      />
      {pasting.value && <PasteBox />}
    </div>
  );
}
