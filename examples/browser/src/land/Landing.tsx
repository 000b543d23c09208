import { session } from "../app/session.ts";
import { Icon } from "../app/icons.tsx";
import { DropZone } from "./DropZone.tsx";
import { UrlField } from "./UrlField.tsx";
import { land } from "./land.ts";
import { SAMPLES } from "./samples.ts";
import { waitingFor } from "../share/waiting.ts";
import "./land.css";

/** What the page is, and the ways to give it data; slim once it has a person's own. */
export function Landing({ slim }: { slim: boolean }) {
  const input = session.value?.input;
  const running = input?.kind === "sample" ? input.id : undefined;
  return (
    <section class={slim ? "land slim" : "land"} aria-label="Give it data">
      {!slim && (
        <div class="pitch">
          <h1>
            JSON in.
            <br />
            Tables that join out.
          </h1>
          <p>
            Nested records become related tables: types inferred, every digit kept, ready for SQL. All of it
            runs in this tab; nothing is uploaded.
          </p>
        </div>
      )}
      {slim && <h1 class="unseen">runlet: JSON in, tables that join out</h1>}
      <div class="give">
        {waitingFor.value && (
          <p class="note" role="status">
            <strong>Drop your own file.</strong> This link holds a question, not the data it was asked of:
            that stayed with whoever sent it. The question runs as soon as your file is read.
          </p>
        )}
        <DropZone slim={slim} />
        <UrlField />
      </div>
      <div class="samples" role="group" aria-label="Samples">
        <span class="quiet">{slim ? "Samples" : "Or look at real data:"}</span>
        {SAMPLES.map(({ id, title, about }) => (
          <button
            type="button"
            class="sample"
            key={id}
            aria-pressed={running === id}
            onClick={() => void land({ kind: "sample", id })}
          >
            <Icon name={running === id ? "check" : "play"} />
            <span>
              <strong>{title}</strong>
              {!slim && <small>{about}</small>}
            </span>
          </button>
        ))}
      </div>
    </section>
  );
}
