import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { land } from "./land.ts";

/** Whether something is being dragged over the page. */
export const dragging = signal(false);

let depth = 0;

/** The whole page takes files, and text that is pasted outside fields. */
export function DropTarget({ children }: { children: ComponentChildren }) {
  return (
    <div
      class="page"
      onDragEnter={(event) => {
        if (!event.dataTransfer?.types.some((type) => type === "Files" || type === "text/plain")) return;
        event.preventDefault();
        depth++;
        dragging.value = true;
      }}
      onDragOver={(event) => event.preventDefault()}
      onDragLeave={() => {
        depth = Math.max(0, depth - 1);
        if (depth === 0) dragging.value = false;
      }}
      onDrop={(event) => {
        event.preventDefault();
        depth = 0;
        dragging.value = false;
        take(event.dataTransfer);
      }}
      onPaste={(event) => {
        if ((event.target as Element).closest("input, textarea, [contenteditable], .editor")) return;
        if (take(event.clipboardData)) event.preventDefault();
      }}
    >
      {children}
    </div>
  );
}

/** Reads what was dropped or pasted. */
function take(data: DataTransfer | null): boolean {
  const files = [...(data?.files ?? [])];
  const text = data?.getData("text/plain") ?? "";
  if (files.length > 0) void land({ kind: "files", files });
  else if (text.trim() !== "") void land({ kind: "text", text });
  else return false;
  return true;
}
