import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { Icon } from "../app/icons.tsx";
import { view, type Session } from "../app/session.ts";
import { CopyButton } from "../take-away/CopyButton.tsx";
import { linkOf } from "./link.ts";
import { secretsIn } from "./secrets.ts";

/** A link to the same source, question and chart. */
export function ShareButton({ open }: { open: Session }) {
  const shown = useSignal(false);
  const { input } = open;
  const question = view.value === "sql" ? { sql: open.sql.value, chart: open.chart.value } : {};
  const link = linkOf(document.baseURI, { input, ...question });
  const local = input.kind !== "url" && input.kind !== "sample";
  const secrets = input.kind === "url" ? secretsIn(input.url) : [];
  const button = useRef<HTMLButtonElement>(null);
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !shown.value) return;
    shown.value = false;
    button.current?.focus();
  };
  return (
    <div class="share-link" onKeyDown={onKey}>
      <button
        type="button"
        ref={button}
        aria-expanded={shown.value}
        onClick={() => (shown.value = !shown.value)}
      >
        <Icon name="link" /> Share
      </button>
      {shown.value && (
        <div class="popover">
          <label for="link">
            {question.sql ? "Link to the source and this question" : "Link to the source"}
          </label>
          <div class="row">
            <input id="link" readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
            <CopyButton text={link} what="the link" label="Copy" />
          </div>
          {secrets.length > 0 && (
            <p class="wrong" role="status">
              The address has <code>{secrets.join(", ")}</code> in it. If that is a secret, so is this link:
              whoever gets it can use it.
            </p>
          )}
          <p class="quiet">
            {local
              ? "Your data stays with you. Whoever opens the link is asked to drop their own file, and gets your question."
              : "It names the source and the question; the data is read anew by whoever opens it."}
          </p>
        </div>
      )}
    </div>
  );
}
