import type { Session } from "../app/session.ts";
import { land } from "../land/land.ts";

/** Says that what is shown is a copy, because another tab has the original open. */
export function Readonly({ open }: { open: Session }) {
  if (!open.copied.value) return null;
  return (
    <p class="note" role="status">
      <strong>Read-only copy.</strong> Another tab has {open.title} open; this is how it was when you opened
      it here.{" "}
      <button type="button" onClick={() => void land(open.input)}>
        Look again
      </button>
    </p>
  );
}
