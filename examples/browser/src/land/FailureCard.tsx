import type { Session } from "../app/session.ts";
import { Icon } from "../app/icons.tsx";
import { CopyButton } from "../take-away/CopyButton.tsx";
import { shellWord } from "../take-away/shell-word.ts";
import type { Failure } from "./failure.ts";
import { tableNameOf } from "./input.ts";
import { land, type LandOptions } from "./land.ts";

/** What went wrong, where, and what to do about it. */
export function FailureCard({ open, failure }: { open: Session; failure: Failure }) {
  const { place, url } = failure;
  const again = (options?: LandOptions) => {
    // This card goes away with the button that has the focus.
    document.getElementById("work")?.focus();
    void land(open.input, options);
  };
  const unreadable = failure.code === "SOURCE_NETWORK" && url !== undefined;
  return (
    <div class="failure" role="alert">
      <h3>{unreadable ? "This page may not read that address" : titleOf(failure.code)}</h3>
      {unreadable ? (
        <p>
          <code>{url}</code>
        </p>
      ) : (
        <p>{place ? failure.message.replace(/ near ".*"$/s, "") : failure.message}</p>
      )}
      {place && (
        <figure>
          <figcaption>
            Line {place.line}, column {place.column}
          </figcaption>
          <pre data-test="caret">
            {place.text}
            {"\n"}
            {" ".repeat(place.caret)}
            <mark>^</mark>
          </pre>
        </figure>
      )}
      {unreadable ? <Blocked url={url} /> : failure.hint && <p class="quiet">{failure.hint}</p>}
      <div class="actions">
        {failure.skippable && (
          <button type="button" class="strong" onClick={() => again({ skipBad: true })}>
            Skip bad records
          </button>
        )}
        {(failure.code === "SOURCE_NETWORK" ||
          failure.code === "SOURCE_HTTP" ||
          failure.code === "DRIVER_MISSING") && (
          <button type="button" onClick={() => again()}>
            Try again
          </button>
        )}
        {failure.skippable && <span class="quiet">They are kept apart, in the table _runlet_rejects.</span>}
      </div>
    </div>
  );
}

/** Why a page may not read what a terminal may, and how the terminal does it. */
function Blocked({ url }: { url: string }) {
  const name = tableNameOf(new URL(url).pathname);
  const command = `curl -sL ${shellWord(url)} | npx runlet load - --table ${name} --to duckdb:${name}.duckdb`;
  return (
    <>
      <p class="quiet">
        Either nothing answers there, or the server does not tell browsers that other sites' pages may read
        its answer (<abbr title="Cross-Origin Resource Sharing">CORS</abbr>). A terminal needs no such
        permission:
      </p>
      <p class="command">
        <Icon name="play" />
        <code data-test="curl">{command}</code>
        <CopyButton text={command} what="the command" />
      </p>
      <p class="quiet">Or save the file from its address and drop it here.</p>
    </>
  );
}

const TITLES: Record<string, string> = {
  SOURCE_NOT_JSON: "This is not JSON all the way through",
  SOURCE_NOT_UTF8: "There are bytes in it that are no text",
  SOURCE_HTTP: "The server refused",
  SOURCE_NETWORK: "The connection broke off",
  DRIVER_MISSING: "DuckDB is not there yet",
  DESTINATION_LOCKED: "It is open in another tab",
  STORAGE_FAILED: "There is no room for it",
};

function titleOf(code: string): string {
  return TITLES[code] ?? (code.startsWith("LIMIT_") ? "This is more than fits" : "That did not work");
}
