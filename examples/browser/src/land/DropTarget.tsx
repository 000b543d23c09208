import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { meantUrl } from "./fetch-source.ts";
import { land } from "./land.ts";

/** Whether something is being dragged over the page. */
export const dragging = signal(false);

let depth = 0;
/** What is dragged was taken hold of in the page itself: a selection, a link. */
let own = false;

/** Where text is put by the browser. */
const FIELDS = "input, textarea, .editor";

/** The whole page takes files, and text that is pasted outside fields. */
export function DropTarget({ children }: { children: ComponentChildren }) {
  return (
    <div
      class="page"
      onDragStart={() => (own = true)}
      onDragEnd={() => (own = false)}
      onDragEnter={(event) => {
        if (own || !event.dataTransfer?.types.some((type) => type === "Files" || type === "text/plain"))
          return;
        event.preventDefault();
        depth++;
        dragging.value = true;
      }}
      onDragOver={(event) => {
        if (!own) event.preventDefault();
      }}
      onDragLeave={() => {
        depth = Math.max(0, depth - 1);
        if (depth === 0) dragging.value = false;
      }}
      onDrop={(event) => {
        depth = 0;
        dragging.value = false;
        if (own || (event.dataTransfer?.files.length === 0 && isField(event.target))) return;
        event.preventDefault();
        take(event.dataTransfer);
      }}
      onPaste={(event) => {
        if (isField(event.target)) return;
        if (take(event.clipboardData)) event.preventDefault();
      }}
    >
      {children}
    </div>
  );
}

function isField(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(FIELDS) !== null;
}

/** Reads what was dropped or pasted: files, the address of a link, text. */
function take(data: DataTransfer | null): boolean {
  const files = [...(data?.files ?? [])];
  const text = data?.getData("text/plain") ?? "";
  const url = /^\s*https?:\/\/\S+\s*$/.test(text) ? meantUrl(text) : undefined;
  if (files.length > 0) void land({ kind: "files", files });
  else if (url !== undefined) void land({ kind: "url", url });
  else if (text.trim() !== "") void land({ kind: "text", text });
  else return false;
  return true;
}
